import type { Endpoint } from '../catalog/index.ts'
import {
  type Access,
  pinAfterSuccess,
  type PinState,
  type Ranking,
  rankEndpoints,
  readPin,
  type StickyKey,
  stickyKeyOf,
  type StickyResult,
  stickyResultOf,
} from '../policy/index.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'

/** One candidate model of a request with its ranked endpoints and the conversation's pin on that model. */
interface RoutedModel {
  readonly modelId: string
  readonly ranking: Ranking
  readonly pin: PinState
}

/** Where a request may go, decided before its first attempt. */
export interface Route {
  readonly models: readonly RoutedModel[]
  readonly stickyKey: StickyKey | null
}

/** Ranks the endpoints of every candidate model. Reads health, pins and clock; changes nothing. */
export function planRoute(context: RouterContext, call: Call, request: ChatRequest): Route {
  const { preferences } = request.route
  const stickyKey = stickyKeyOf({
    bodySessionId: request.sessionId,
    headerSessionId: call.sessionHeader,
    preferences,
  })
  const nowNs = context.clock.monoNs()
  const models = request.route.models.map(modelId => {
    const key = stickyKey && pinKey(modelId, stickyKey)
    const pin = readPin(key === null ? undefined : context.pins.get(key), nowNs)
    const ranking = rankEndpoints({
      request: request.route,
      endpoints: context.catalog.models.get(modelId)?.endpoints ?? [],
      access: endpoint => accessTo(endpoint, context),
      settings: context.settings.policy,
      health: context.health.read,
      sticky: pin.kind === 'live' ? pin.endpointId : null,
      nowNs,
      // Named by the planned item, so that the same plan gives the same draws in every run.
      rng: context.rng.fork(`${call.itemId || call.requestId}/${modelId}`),
    })
    return { modelId, ranking, pin }
  })
  return { models, stickyKey }
}

/** Pins the conversation to the endpoint that answered, and says what became of its old pin. */
export function settlePin(context: RouterContext, route: Route, served: Endpoint | null): StickyResult {
  const { stickyKey, models } = route
  const first = models[0]
  if (!stickyKey || !first) return 'none'
  const nowNs = context.clock.monoNs()
  const pin = served && pinAfterSuccess(served, nowNs, context.settings.stickyTtlMs)
  if (served && pin) context.pins.set(pinKey(served.modelId, stickyKey), pin)
  // A pin on the first model tells the story, also when another model answered in the end.
  const told = first.pin.kind === 'none' ? models.find(m => m.modelId === served?.modelId) : first
  return stickyResultOf({
    pin: told?.pin ?? first.pin,
    ranking: told?.ranking,
    served,
    pinned: pin !== null,
  })
}

/** The decision as the record keeps it: ranked and excluded endpoints of each model, compact. */
export function decisionJson(route: Route, ignoredFields: readonly string[]): string {
  return JSON.stringify({
    policy: policyName(route),
    models: route.models.map(({ modelId, ranking, pin }) => ({
      model: modelId,
      ranked: ranking.ranked.map(c => [c.endpoint.id, Number(c.score.toPrecision(6)), c.reason]),
      excluded: ranking.excluded.map(e => [e.endpoint.id, e.rule]),
      sticky: pin.kind === 'live' ? pin.endpointId : pin.kind,
    })),
    sticky: route.stickyKey?.source ?? 'none',
    ...(ignoredFields.length > 0 && { ignored: ignoredFields }),
  })
}

/** Strategy and version that decided the first candidate. */
export function policyName({ models }: Route): string {
  return `${models[0]?.ranking.strategy ?? 'price-weighted'}@1`
}

function accessTo(endpoint: Endpoint, { upstream, settings }: RouterContext): Access {
  if (upstream(endpoint).apiKey === null) return 'key_missing'
  const speaks = settings.upstreamIsSimulated || endpoint.provider.wire === 'openai'
  return speaks ? 'ready' : 'wire_unsupported'
}

function pinKey(modelId: string, { value }: StickyKey): string {
  return `${modelId}\u0000${value}`
}
