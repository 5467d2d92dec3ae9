import type { Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import type { EndpointHealth } from '../health/index.ts'
import { type Contender, healthBandOf } from './contender.ts'
import { splitByCutoffs, withCutoffNote } from './cutoffs.ts'
import { type QualityTier, qualityTiers } from './exacto.ts'
import { filterEndpoints } from './filters.ts'
import { leaveRestingOut } from './leave-resting-out.ts'
import { blendedPrice } from './price.ts'
import { type Ranked, rankEndpoints } from './rank.ts'
import type {
  Access,
  Candidate,
  Decision,
  Exclusion,
  ModelCandidate,
  PolicySettings,
  RouteRequest,
  SortMetric,
  Strategy,
} from './types.ts'

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
  /** Microseconds since 1970: some prices depend on the time of day. */
  readonly epochUs: number
  /** Forked by model. */
  readonly rng: Rng
}

/** Version of the policy: changes whenever the same inputs may give another decision. */
const policyVersion = 3

/** A candidate model with the endpoints that passed the filters. */
export interface ModelContenders {
  readonly model: ModelCandidate
  readonly contenders: readonly Contender[]
  readonly excluded: readonly Exclusion[]
}

/**
 * Decides where a request may go, in which order, and why not elsewhere. Pure.
 *
 * Endpoints of a model stand before those of the next one, unless `sort.partition` puts all together; those that miss
 * a cut-off of the request stand behind all others, of whichever model.
 */
export function decide(options: DecideOptions): Decision {
  const { request, nowNs } = options
  const { groups, lastResort, suspects } = leaveRestingOut(
    request.models.map(model => contendersOf(model, options)),
    nowNs,
  )
  const { kept, late, missed } = splitByCutoffs(groups, request.preferences)
  const first = rankGroups(kept, options, '')
  const last = rankGroups(late, options, 'late')
  const behind = last.candidates.map(candidate => withCutoffNote(candidate, missed))
  const all = [...first.candidates, ...behind]
  const candidates =
    suspects.size === 0 && lastResort === null
      ? all
      : all.map(candidate => withBreaker(candidate, lastResort, suspects))
  const strategies = groups.map(
    (_, index) => first.strategies[index] ?? last.strategies[index] ?? 'price-weighted',
  )
  const headModel = candidates[0]?.endpoint.modelId
  const head = groups.findIndex(({ model }) => model.modelId === headModel)
  const models = groups.map(({ model, excluded }, index) => ({
    model,
    strategy: strategies[index] ?? 'price-weighted',
    ranked: groups.length === 1 ? candidates : candidates.filter(c => c.endpoint.modelId === model.modelId),
    excluded,
  }))
  return { policy: `${strategies[head] ?? 'price-weighted'}@${policyVersion}`, candidates, models }
}

function withBreaker(
  { endpoint, score, reason }: Candidate,
  lastResort: string | null,
  suspects: ReadonlyMap<string, 'half_open' | 'open'>,
): Candidate {
  const breaker = suspects.get(endpoint.id)
  const said = lastResort ?? (breaker === 'half_open' ? `${reason}; breaker half open, tried by one` : reason)
  return { endpoint, score, reason: said, ...(breaker && { breaker }) }
}

function contendersOf(model: ModelCandidate, options: DecideOptions): ModelContenders {
  const { settings, health } = options
  const endpoints = options.endpointsOf(model.modelId)
  const moment = { promptTokens: options.request.estimatedInputTokens, epochUs: options.epochUs }
  const { kept, excluded } = filterEndpoints({ ...options, model, endpoints })
  const contenders = kept.map(endpoint => {
    const state = health(endpoint.id)
    const price = blendedPrice(endpoint, settings.completionPriceWeight, moment)
    return { endpoint, health: state, price, band: healthBandOf(state, settings) }
  })
  return { model, contenders, excluded }
}

interface RankedGroups {
  readonly candidates: readonly Candidate[]
  /** By group; null: it had nothing to rank. */
  readonly strategies: readonly (Strategy | null)[]
}

/** `label` keeps the draws apart. */
function rankGroups(groups: readonly ModelContenders[], options: DecideOptions, label: string): RankedGroups {
  const { request, pinOf } = options
  if (request.preferences.partition === 'none' && groups.length > 1) {
    const pins = new Set(groups.map(({ model }) => pinOf(model.modelId)))
    const contenders = groups.flatMap(group => group.contenders)
    const variant = groups[0]?.model.variant ?? null
    const together = rankPool(
      { variant, contenders, isPinned: id => pins.has(id), label: `${label}*` },
      options,
    )
    return { candidates: together.ranked, strategies: groups.map(() => together.strategy) }
  }
  const ranked = groups.map(({ model: { modelId, variant }, contenders }) => {
    if (contenders.length === 0) return null
    const pin = pinOf(modelId)
    return rankPool({ variant, contenders, isPinned: id => id === pin, label: label + modelId }, options)
  })
  return {
    candidates: ranked.flatMap(order => order?.ranked ?? []),
    strategies: ranked.map(order => order?.strategy ?? null),
  }
}

/** Endpoints that are ranked together: of one model, or of all; then the first one's variant counts. */
interface Pool {
  readonly variant: ModelCandidate['variant']
  readonly contenders: readonly Contender[]
  readonly isPinned: (endpointId: string) => boolean
  readonly label: string
}

function rankPool(pool: Pool, options: DecideOptions): Ranked {
  const { request, settings, affinityKey, rng } = options
  return rankEndpoints({
    ...pool,
    request,
    sort: request.preferences.sort ?? sortOfVariant(pool.variant),
    settings,
    qualityOf: qualityIn(options),
    affinityKey,
    rng: rng.fork(pool.label),
  })
}

/** What a variant stands for; the request's own `sort` beats it (docs/routing.md, Precedence). */
function sortOfVariant(variant: ModelCandidate['variant']): SortMetric | null {
  switch (variant) {
    case 'nitro':
      return 'throughput'
    case 'floor':
      return 'price'
    case 'exacto':
      return 'exacto'
    case null:
      return null
  }
}

/** Endpoints are judged among all of their model, also those that this request may not use. Worked out when asked. */
function qualityIn(options: DecideOptions): (contender: Contender) => QualityTier {
  const judges = new Map<string, ReturnType<typeof qualityTiers>>()
  return ({ endpoint: { modelId }, health }) => {
    const judge = judges.get(modelId) ?? qualityTiers(peersOf(modelId, options))
    judges.set(modelId, judge)
    return judge(health)
  }
}

function peersOf(modelId: string, { endpointsOf, health }: DecideOptions) {
  return endpointsOf(modelId).map(endpoint => ({ endpoint, health: health(endpoint.id) }))
}
