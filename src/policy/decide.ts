import type { Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import { rankEndpoints } from './rank.ts'
import type { Access, Decision, EndpointHealth, PolicySettings, RouteRequest } from './types.ts'

/** Everything a decision depends on. */
export interface DecideOptions {
  readonly request: RouteRequest
  /** Endpoints of a model of the catalogue. */
  readonly endpointsOf: (modelId: string) => readonly Endpoint[]
  readonly access: (endpoint: Endpoint) => Access
  readonly settings: PolicySettings
  readonly health: (endpointId: string) => EndpointHealth
  /** Endpoint that this conversation is pinned to on a model; null: none. */
  readonly pinOf: (modelId: string) => string | null
  /** Names the conversation, so that replicas without shared state choose alike; null: draw by `rng`. */
  readonly affinityKey: string | null
  readonly nowNs: number
  /** Forked by model. */
  readonly rng: Rng
}

/** Version of the policy: changes whenever the same inputs may give another decision. */
const policyVersion = 2

/** Decides where a request may go, in which order, and why not elsewhere. Pure. */
export function decide(options: DecideOptions): Decision {
  const { request, endpointsOf, pinOf, rng } = options
  const models = request.models.map(model =>
    rankEndpoints({
      ...options,
      model,
      endpoints: endpointsOf(model.modelId),
      sticky: pinOf(model.modelId),
      rng: rng.fork(model.modelId),
    }),
  )
  const candidates = models.flatMap(({ ranked }) => ranked)
  const strategy = models.find(({ ranked }) => ranked.length > 0)?.strategy ?? 'price-weighted'
  return { policy: `${strategy}@${policyVersion}`, candidates, models }
}
