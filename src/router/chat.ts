import { nsPerMs } from '../core/index.ts'
import { combineAccessRules } from '../policy/index.ts'
import { apiError } from './api-error.ts'
import { chatBytes } from './api/chat-bytes.ts'
import type { Operation } from './call.ts'
import { worstCharge } from './charge.ts'
import { type ChatRequest, parseChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { asksFreeModel } from './free-models.ts'
import { epochMs, type Http, type Inbound, receive, type Unknown } from './inbound.ts'
import { admit, reserve } from './keys/admission.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refuse.ts'
import { accessTo, planRoute } from './route.ts'
import { serve } from './serve.ts'
import { leaveBody, unreadBodyErrors } from './unread-body.ts'

export type { Http } from './inbound.ts'

/**
 * Answers `POST /chat/completions` or its elder, `POST /completions`, and records the request and its attempts whatever happens: authenticate, read,
 * admit, plan, try, answer, settle. Each stage either hands on or refuses; a refused request has been answered.
 */
export async function chat(context: RouterContext, http: Http, operation: Operation): Promise<void> {
  const inbound = authenticate(receive(context, http, operation))
  const request = inbound && (await readRequest(inbound))
  if (!request) return
  if (!isAdmitted(inbound, request)) return
  return planAndServe(inbound, request)
}

function authenticate(from: Unknown): Inbound | null {
  const { context, http } = from
  const known = context.keys.authenticate(http.req.headers.authorization, epochMs(context))
  if (known.ok) return { ...from, caller: known.caller }
  refuse(from, known.error)
  return null
}

async function readRequest(inbound: Inbound): Promise<ChatRequest | null> {
  const { context, http, call, caller } = inbound
  const { clock, settings } = context
  const untilNs = call.receivedNs + settings.receiveMs * nsPerMs
  const body = await readBody(http.req, { maxBytes: settings.maxBodyBytes, clock, untilNs })
  if (body.kind !== 'ok') {
    leaveBody(http, body.kind, clock)
    refuse(inbound, unreadBodyErrors[body.kind])
    return null
  }
  const asked = chatBytes(call.operation, body.bytes)
  if (!asked.ok) {
    refuse(inbound, apiError('invalid_request', asked.problem))
    return null
  }
  const parsed = parseChatRequest(asked.bytes, {
    catalog: context.catalog,
    tables: settings.tables,
    rules: combineAccessRules(settings.account, caller.rules),
    rng: context.rng.fork(call.itemId || call.requestId),
    maxModels: settings.maxModels,
    headers: http.req.headers,
    canServe: endpoint => accessTo(endpoint, context) === 'ready',
  })
  if (parsed.ok) return parsed.request
  refuse(inbound, parsed.error, parsed)
  return null
}

function isAdmitted(inbound: Inbound, request: ChatRequest): boolean {
  const refusal = admit(inbound.caller, asksFreeModel(request), admissionContext(inbound))
  if (refusal) refuse(inbound, refusal, { model: request.requestedModels[0] ?? '', stream: request.stream })
  return refusal === null
}

async function planAndServe(inbound: Inbound, request: ChatRequest): Promise<void> {
  const { context, call, caller } = inbound
  const route = planRoute(context, { ...call, callerId: caller.id }, request)
  const { amount, isBound } = worstCharge(route, caller, request.route)
  const reserved = reserve(caller, { amount, mustFit: isBound }, admissionContext(inbound))
  if (!reserved.ok) {
    const model = request.requestedModels[0] ?? ''
    return refuse(inbound, reserved.error, { model, stream: request.stream, routed: { request, route } })
  }
  try {
    await serve(inbound, { request, route })
  } finally {
    reserved.release()
  }
}

function admissionContext({ context }: Inbound) {
  const { ledger, settings } = context
  return { ledger, credits: settings.callers.credits, nowMs: epochMs(context) }
}
