import type { Endpoint } from '../catalog/index.ts'
import {
  type Access,
  type Decision,
  decide,
  pinAfterSuccess,
  type PinState,
  readPin,
  type StickyKey,
  stickyKeyOf,
  type StickyResult,
  stickyResultOf,
} from '../policy/index.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'

/** Where a request may go, decided before its first attempt. */
export interface Route {
  readonly decision: Decision
  readonly stickyKey: StickyKey | null
  /** The conversation's pin on each candidate model. */
  readonly pins: ReadonlyMap<string, PinState>
}

const noPin: PinState = { kind: 'none' }

/** Ranks the endpoints of every candidate model. Reads health, pins and clock; changes nothing. */
export function planRoute(context: RouterContext, call: Call, request: ChatRequest): Route {
  const { models, preferences } = request.route
  const stickyKey = stickyKeyOf({
    bodySessionId: request.sessionId,
    headerSessionId: call.sessionHeader,
    preferences,
  })
  const nowNs = context.clock.monoNs()
  const pinOf = (modelId: string) => (stickyKey ? context.pins.get(pinKey(modelId, stickyKey)) : undefined)
  const pins = new Map(models.map(({ modelId }) => [modelId, readPin(pinOf(modelId), nowNs)]))
  const decision = decide({
    request: request.route,
    endpointsOf: modelId => context.catalog.models.get(modelId)?.endpoints ?? [],
    access: endpoint => accessTo(endpoint, context),
    settings: context.settings.policy,
    health: context.health.read,
    pinOf: modelId => {
      const pin = pins.get(modelId)
      return pin?.kind === 'live' ? pin.endpointId : null
    },
    affinityKey: stickyKey?.value ?? null,
    nowNs,
    // Named by the planned item, so that the same plan gives the same draws in every run.
    rng: context.rng.fork(call.itemId || call.requestId),
  })
  return { decision, stickyKey, pins }
}

/** Pins the conversation to the endpoint that answered, and says what became of its old pin. */
export function settlePin(context: RouterContext, route: Route, served: Endpoint | null): StickyResult {
  const { stickyKey, decision, pins } = route
  const first = decision.models[0]
  if (!stickyKey || !first) return 'none'
  const nowNs = context.clock.monoNs()
  const pin = served && pinAfterSuccess(served, nowNs, context.settings.policy.stickyTtlMs)
  if (served && pin) context.pins.set(pinKey(served.modelId, stickyKey), pin)
  // A pin on the first model tells the story, also when another model answered in the end.
  const firstPin = pins.get(first.model.modelId) ?? noPin
  const told =
    firstPin.kind === 'none' ? decision.models.find(m => m.model.modelId === served?.modelId) : first
  return stickyResultOf({
    pin: pins.get(told?.model.modelId ?? '') ?? firstPin,
    ranking: told,
    served,
    pinned: pin !== null,
  })
}

/** The decision as the record keeps it: ranked and excluded endpoints of each model, compact. */
export function decisionJson(route: Route, ignoredFields: readonly string[]): string {
  return JSON.stringify({
    policy: route.decision.policy,
    models: route.decision.models.map(({ model, ranked, excluded }) => {
      const pin = route.pins.get(model.modelId) ?? noPin
      return {
        model: model.modelId,
        ranked: ranked.map(c => [c.endpoint.id, Number(c.score.toPrecision(6)), c.reason]),
        excluded: excluded.map(e => [e.endpoint.id, e.rule]),
        sticky: pin.kind === 'live' ? pin.endpointId : pin.kind,
      }
    }),
    sticky: route.stickyKey?.source ?? 'none',
    ...(ignoredFields.length > 0 && { ignored: ignoredFields }),
  })
}

function accessTo(endpoint: Endpoint, { upstream, settings }: RouterContext): Access {
  if (upstream(endpoint).apiKey === null) return 'key_missing'
  const speaks = settings.upstreamIsSimulated || endpoint.provider.wire === 'openai'
  return speaks ? 'ready' : 'wire_unsupported'
}

function pinKey(modelId: string, { value }: StickyKey): string {
  return `${modelId}\u0000${value}`
}
