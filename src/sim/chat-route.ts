import type { IncomingMessage } from 'node:http'
import { type Clock, parseTraceparent } from '../core/index.ts'
import type { Exchange } from './exchange.ts'
import type { KeyIds } from './key-ids.ts'
import { loggedTally } from './log/logged-tally.ts'
import type { Market, Stall } from './market.ts'
import type { CallFacts, ChatRequest, ErrorAnswer, Protocol } from './protocol.ts'
import { maxBodyBytes, readJson } from './request-body.ts'
import { sendStream, sendWhole } from './send-answer.ts'
import { sendError } from './send-error.ts'
import { sendRefusal } from './send-refusal.ts'

/** What the chat route works with. */
export interface ChatRouteOptions {
  readonly market: Market
  readonly clock: Clock
  readonly keyIds: KeyIds
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
}

/** Which call it is: as its path says. */
export interface ChatCall {
  readonly protocol: Protocol
  readonly providerId: string
  /** The model in the path; null: the body names it. */
  readonly model: string | null
  /** Whether the path asks for a stream. */
  readonly stream: boolean
}

/**
 * Answers a chat call in any protocol. Rejects only when the caller leaves.
 *
 * Reads two headers of its own: `x-routebench-draw` (identity for the draws, percent-encoded where a header could
 * not carry it) and `x-routebench-output-tokens` (length of a free answer).
 */
export async function answerChat(
  exchange: Exchange,
  call: ChatCall,
  options: ChatRouteOptions,
): Promise<void> {
  const found = await findStall(exchange.request, call, options.market)
  if (found.kind === 'error') {
    sendError(exchange, found.answer, { atMs: null, headers: {} })
    return
  }
  const { tally } = found.stall
  tally.arrived()
  try {
    await serve(exchange, { ...found, ...call }, options)
  } catch (thrown) {
    if (exchange.hasLeft()) tally.canceled()
    throw thrown
  }
}

type Found =
  | { readonly kind: 'found'; readonly stall: Stall; readonly chat: ChatRequest }
  | { readonly kind: 'error'; readonly answer: ErrorAnswer }

async function findStall(
  request: IncomingMessage,
  { protocol, providerId, model, stream }: ChatCall,
  market: Market,
): Promise<Found> {
  const body = await readJson(request)
  if (body.kind === 'too_large')
    return failed(protocol.badRequest(413, `The body is larger than ${maxBodyBytes} bytes.`, null))
  const outputTokens = wholeOf(headerOf(request, 'x-routebench-output-tokens'))
  const facts: CallFacts = { outputTokens, model, stream }
  const parsed = protocol.parse(body.kind === 'json' ? body.value : null, facts)
  if (parsed.kind === 'invalid') return failed(protocol.badRequest(400, parsed.message, parsed.param))
  const chat = parsed.request
  const stall = market.stall(providerId, chat.model, chat.tier)
  return stall ? { kind: 'found', stall, chat } : failed(protocol.unknownModel(chat.model))
}

function failed(answer: ErrorAnswer): Found {
  return { kind: 'error', answer }
}

/** A call whose model is served. */
interface Served {
  readonly protocol: Protocol
  readonly stall: Stall
  readonly chat: ChatRequest
}

async function serve(exchange: Exchange, served: Served, options: ChatRouteOptions): Promise<void> {
  const { clock, keyIds, speed } = options
  const { stall, chat, protocol } = served
  const { endpoint } = stall
  const tally = loggedTally(stall.tally, exchange.log)
  const key = protocol.keyOf(exchange.request)
  if (key === null) {
    tally.status(protocol.missingKey.status)
    sendError(exchange, protocol.missingKey, { atMs: null, headers: {} })
    return
  }
  const drawId = decoded(headerOf(exchange.request, 'x-routebench-draw'))
  const { prompt, model, stream, shape, reasoning, tier: _tier, ...wishes } = chat
  const { id, plan } = stall.admit({
    request: { ...wishes, ...(reasoning && { reasoning }), prompt: stall.digest(prompt) },
    keyId: keyIds.of(key),
    drawId,
    isReused: exchange.isReused,
  })
  const trace = parseTraceparent(headerOf(exchange.request, 'traceparent') ?? undefined)
  exchange.log.about({ endpoint, drawId, trace, stream, plan })
  const epochMs = Math.floor(clock.epochUs() / 1000)
  const provider = endpoint.provider.id
  switch (plan.kind) {
    case 'reset':
      tally.status('reset')
      if (plan.how === 'reset') exchange.reset()
      else exchange.close()
      return
    case 'refusal':
      await sendRefusal(exchange, plan, { id, model, provider, protocol, tally, speed, epochMs })
      return
    case 'answer': {
      const created = Math.floor(epochMs / 1000)
      await (stream ? sendStream : sendWhole)(exchange, {
        protocol,
        toWrite: { plan, head: { id, created, model, provider }, shape },
        headers: protocol.headers({ id, provider, rate: plan.rate, retryAfterMs: null, epochMs, speed }),
        tally,
      })
    }
  }
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** Draws depend on the identity itself, not on how a header writes it: virtual time has no headers. */
function decoded(value: string | null): string | null {
  try {
    return value === null ? null : decodeURIComponent(value)
  } catch {
    // A `%` that begins no encoding: the caller wrote the identity as it is.
    return value
  }
}

function wholeOf(text: string | null): number | null {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null
}
