import type { Endpoint } from '../catalog/index.ts'
import {
  type Access,
  alternativeModels,
  conversationOf,
  type Decision,
  decide,
  explainDecision,
  type Explanation,
  pinnedEndpoint,
  planSticky,
  readPin,
  type RouteRequest,
  type StickyPlan,
} from '../policy/index.ts'
import type { JsonObject } from '../core/index.ts'
import { asObject } from '../wire/index.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { conversationWords } from './conversation-words.ts'
import { modelPinKey, poolPinKey } from './pin-table.ts'

/** Where a request may go, decided before its first attempt. */
export interface Route {
  /** What was asked of routing. */
  readonly request: RouteRequest
  readonly decision: Decision
  readonly sticky: StickyPlan
  /** Why it goes there, for record, metadata and `routebench explain` alike. */
  readonly explanation: Explanation
}

/** What routing looks at. */
export type RouteContext = Pick<
  RouterContext,
  'catalog' | 'clock' | 'rng' | 'settings' | 'upstream' | 'health' | 'pins'
>

/** What routing reads of a call. */
export interface RoutedCall extends Pick<Call, 'itemId' | 'requestId' | 'sessionHeader'> {
  /** Whose conversations these are. */
  readonly callerId: string
}

/** Ranks the endpoints of every candidate model. Reads health, pins and clock; changes nothing. */
export function planRoute(context: RouteContext, call: RoutedCall, chat: ChatRequest): Route {
  const { pins, settings } = context
  const nowNs = context.clock.monoNs()
  const conversation = conversationOf(conversationWords(chat.body, call))
  const request = chat.route
  const endpointsOf = (modelId: string) => context.catalog.models.get(modelId)?.endpoints ?? []
  const sticky = planSticky({
    request,
    conversation,
    settings: settings.policy,
    pinOf: modelId => (conversation ? pins.get(modelPinKey(conversation, modelId)) : undefined),
    endpointsOf,
    nowNs,
  })
  const decision = decide({
    request,
    endpointsOf,
    access: endpoint => accessTo(endpoint, context),
    settings: settings.policy,
    health: id => context.health.read(id, keyAliasesOf(id, context)),
    pinOf: modelId => pinnedEndpoint(sticky, modelId),
    affinityKey: sticky.affinityKey,
    nowNs,
    epochUs: context.clock.toEpochUs(nowNs),
    // Named by the planned item, so that the same plan gives the same draws in every run.
    rng: context.rng.fork(call.itemId || call.requestId),
  })
  const { requestedModels } = chat
  const explanation = explainDecision({ request, requestedModels, decision, sticky })
  return { request, decision, sticky, explanation }
}

/** The model of a pool that the conversation of a body uses; null: none, or it has idled. Reads pins and clock. */
export function modelInUse(
  { clock, pins, catalog }: RouteContext,
  call: RoutedCall,
  { body, pool }: { readonly body: JsonObject; readonly pool: string },
): string | null {
  const conversation = conversationOf(conversationWords(body, call))
  if (!conversation || asObject(body['provider'])?.['sticky'] === false) return null
  const pin = readPin(pins.get(poolPinKey(conversation, pool)), clock.monoNs())
  return pin.kind === 'live' ? (catalog.endpoints.get(pin.endpointId)?.modelId ?? null) : null
}

/** Whether the router could call an endpoint at all. */
export function accessTo(endpoint: Endpoint, { upstream }: RouteContext): Access {
  return upstream(endpoint).keys.length === 0 ? 'key_missing' : 'ready'
}

/** Names of the keys that an endpoint can be called with. */
export function keyAliasesOf(endpointId: string, { catalog, upstream }: RouteContext): readonly string[] {
  const endpoint = catalog.endpoints.get(endpointId)
  return endpoint ? upstream(endpoint).keys.map(({ alias }) => alias) : []
}

/** Models that would serve the request as it is, for the error that none of those it names does. */
export function otherModels(context: RouteContext, { request }: Route): readonly string[] {
  const { catalog, settings } = context
  const access = (endpoint: Endpoint) => accessTo(endpoint, context)
  return alternativeModels({ catalog, request, access, settings: settings.policy })
}
