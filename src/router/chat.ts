import type { JsonObject } from '../core/index.ts'
import type { ApiError } from './api-error.ts'
import type { Operation } from './call.ts'
import { lengthsOf, worstCharge } from './charge.ts'
import { type ChatRequest, parseChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { dropBody } from './drop-body.ts'
import { asksFreeModel } from './free-models.ts'
import { epochMs, type Http, type Inbound, receive, type Unknown } from './inbound.ts'
import { admit, reserve } from './keys/admission.ts'
import { applyPlugins } from './plugins/apply-plugins.ts'
import { optionsOf, readRequest } from './read-request.ts'
import { refuse } from './refuse.ts'
import { type CacheMiss, lookUp } from './response-cache/look-up.ts'
import { sendCached } from './response-cache/send-cached.ts'
import { probe, probeRefusal } from './probe.ts'
import { planRoute } from './route.ts'
import { serve } from './serve.ts'

export type { Http } from './inbound.ts'

/**
 * Answers `POST /chat/completions` or its elder, `POST /completions`, and records the request and its attempts whatever
 * happens: authenticate, let in, read, look into the response cache, admit, apply plugins, plan, try, answer, settle.
 * Each stage either hands on or refuses; a refused request has been answered.
 */
export async function chat(context: RouterContext, http: Http, operation: Operation): Promise<void> {
  const inbound = authenticate(receive(context, http, operation))
  if (!inbound) return
  const forbidden = refusalOf(inbound)
  if (forbidden) return refuse(inbound, forbidden)
  const entry = context.door.enter()
  if (!entry.ok) {
    if (context.door.isClosed()) await dropBody(http.req, context.clock)
    return refuse(inbound, entry.error)
  }
  try {
    await answer(inbound)
  } finally {
    entry.leave()
  }
}

/** Why a probe may not be made; null: it may, or it is none. */
function refusalOf({ http, call, caller }: Inbound): ApiError | null {
  return call.phase === 'probe' ? probeRefusal(caller, http.req.socket.remoteAddress ?? '') : null
}

async function answer(inbound: Inbound): Promise<void> {
  const asked = await readRequest(inbound)
  if (!asked) return
  if (inbound.call.phase === 'probe') return probe(inbound, asked)
  const cache = await lookUp(inbound, asked)
  if (cache.state === 'hit') return sendCached(inbound, asked, cache.answer)
  if (!isAdmitted(inbound, asked)) return
  const request = await plugged(inbound, asked)
  if (request) await planAndServe(inbound, request, cache)
}

function authenticate(from: Unknown): Inbound | null {
  const { context, http } = from
  const known = context.keys.authenticate(http.req.headers.authorization, epochMs(context))
  if (known.ok) return { ...from, caller: known.caller }
  refuse(from, known.error)
  return null
}

/** The request after its plugins; null: refused. */
async function plugged(inbound: Inbound, asked: ChatRequest): Promise<ChatRequest | null> {
  const { catalog, pdf } = inbound.context
  const gone = new AbortController()
  inbound.http.res.once('close', () => gone.abort())
  const parse = (body: JsonObject) => parseChatRequest(Buffer.from(JSON.stringify(body)), optionsOf(inbound))
  const done = await applyPlugins(asked, {
    catalog,
    pdf,
    parse,
    callerId: inbound.caller.id,
    signal: gone.signal,
  })
  if (done.ok) return done.request
  refuse(inbound, done.error, done)
  return null
}

function isAdmitted(inbound: Inbound, request: ChatRequest): boolean {
  const refusal = admit(inbound.caller, asksFreeModel(request), admissionContext(inbound))
  if (refusal) refuse(inbound, refusal, { model: request.requestedModels[0] ?? '', stream: request.stream })
  return refusal === null
}

async function planAndServe(inbound: Inbound, request: ChatRequest, cache: CacheMiss): Promise<void> {
  const { context, call, caller } = inbound
  const route = planRoute(context, { ...call, callerId: caller.id }, request)
  const { amount, isBound } = worstCharge(route, caller, lengthsOf(request))
  const reserved = reserve(caller, { amount, mustFit: isBound }, admissionContext(inbound))
  if (!reserved.ok) {
    const model = request.requestedModels[0] ?? ''
    return refuse(inbound, reserved.error, { model, stream: request.stream, routed: { request, route } })
  }
  try {
    await serve(inbound, { request, route, cache })
  } finally {
    reserved.release()
  }
}

function admissionContext({ context }: Inbound) {
  const { ledger, settings } = context
  return { ledger, credits: settings.callers.credits, nowMs: epochMs(context) }
}
