import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { createAttemptBudgets } from './attempt-budgets.ts'
import type { ChatRequest } from './chat-request.ts'
import { isLoopback } from './config/loopback.ts'
import type { RouterContext } from './context.ts'
import { createGenerations } from './generations.ts'
import type { Inbound } from './inbound.ts'
import type { Caller } from './keys/key-ring.ts'
import { createLedger } from './keys/ledger.ts'
import { createPinTable } from './pin-table.ts'
import { refuse } from './refuse.ts'
import { keyAliasesOf, planRoute } from './route.ts'
import { serve } from './serve.ts'

/**
 * The 403 of a probe by somebody who may not make one; null: it may be made. Probes cost the operator and count against
 * nobody's budget, so a router with keys wants a management key for them, also from loopback, where a proxy may stand;
 * one without keys takes them from this machine only.
 */
export function probeRefusal(caller: Caller, remoteAddress: string): ApiError | null {
  const from = remoteAddress.replace(/^::ffff:/i, '')
  if (caller.key ? caller.kind === 'management' : isLoopback(from)) return null
  const who = caller.key ? 'need a management key' : 'are taken from loopback only'
  return apiError('permission_denied', `x-routebench-probe: probes ${who}`)
}

/**
 * Answers a probe: one attempt at the endpoint that it names. It is nobody's traffic: no pins, budgets, limits, response
 * cache or ledger know of it. Health does, and an endpoint that is left alone is left alone by probes, too.
 */
export async function probe(inbound: Inbound, asked: ChatRequest): Promise<void> {
  const { context, call, caller } = inbound
  const understood = { model: asked.requestedModels[0] ?? '', stream: asked.stream }
  const endpoint = context.catalog.endpoints.get(call.probe)
  if (!endpoint || !servesAny(endpoint, asked)) {
    return refuse(inbound, notThere(call.probe, endpoint, understood.model), understood)
  }
  const own = probeContext(context, endpoint, call.probeDeadlineMs)
  const request = pinned(asked, endpoint)
  const route = planRoute(own, { ...call, callerId: caller.id }, request)
  const rest = restOf(context, endpoint)
  if (rest) return refuse(inbound, rest, { ...understood, routed: { request, route } })
  await serve({ ...inbound, context: own }, { request, route, cache: { state: 'off' } })
}

function servesAny({ modelId }: Endpoint, { route }: ChatRequest): boolean {
  return route.models.some(model => model.modelId === modelId)
}

function notThere(name: string, endpoint: Endpoint | undefined, model: string): ApiError {
  const why = endpoint ? `serves ${endpoint.modelId}, not ${model}` : 'is not in the catalogue'
  return apiError('invalid_request', `x-routebench-probe: the endpoint ${name.slice(0, 200)} ${why}`)
}

/** What the attempt sees: a catalogue with one endpoint for the model, and state of its own that ends with it. */
function probeContext(context: RouterContext, endpoint: Endpoint, deadlineMs: number | null): RouterContext {
  const { catalog, settings } = context
  const model = catalog.models.get(endpoint.modelId)
  const models = new Map(model ? [[model.id, { ...model, endpoints: [endpoint] }]] : [])
  const totalMs = Math.min(settings.attemptTimeoutMs, deadlineMs ?? Number.POSITIVE_INFINITY)
  const unaryTimeoutMs = Math.min(settings.unaryTimeoutMs ?? totalMs, totalMs)
  const alone = { maxAttempts: 1, hedge: null, rescue: 'off', attemptTimeoutMs: totalMs } as const
  return Object.freeze<RouterContext>({
    ...context,
    catalog: { ...catalog, models },
    settings: { ...settings, ...alone, unaryTimeoutMs },
    budgets: createAttemptBudgets(settings),
    pins: createPinTable(1),
    generations: createGenerations(1),
    ledger: createLedger(),
    responseCache: null,
  })
}

/** The request with no choice left. Rules of the account and the wishes of the request go on to hold. */
function pinned(asked: ChatRequest, endpoint: Endpoint): ChatRequest {
  const { route } = asked
  const models = route.models.filter(({ modelId }) => modelId === endpoint.modelId).slice(0, 1)
  const preferences = { ...route.preferences, sticky: false }
  return { ...asked, route: { ...route, models, preferences, tier: endpoint.tier } }
}

/** The 503 for an endpoint that is left alone now; null: it may be tried. */
function restOf(context: RouterContext, endpoint: Endpoint): ApiError | null {
  const { state, untilNs, reason } = context.health.state(endpoint.id, keyAliasesOf(endpoint.id, context))
  const leftMs = Math.ceil((untilNs - context.clock.monoNs()) / nsPerMs)
  if (leftMs <= 0) return null
  const what = state === 'half_open' ? 'being tried by another request' : state.replace('_', ' ')
  return {
    ...apiError('provider_overloaded', `The endpoint ${endpoint.id} is ${what}: ${reason}`),
    fault: 'policy',
    retryAfterMs: leftMs,
    metadata: { endpoint: endpoint.id, state },
  }
}
