import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '../catalog/index.ts'
import { type Clock, hash64, parseTraceparent } from '../core/index.ts'
import type { Exchange } from './exchange.ts'
import { loggedTally } from './log/logged-tally.ts'
import type { Market, Stall } from './market.ts'
import type { AnswerPlan, ModelRequest } from './model/answer-plan.ts'
import { digestPrompt } from './model/prompt-digest.ts'
import { type ChatRequest, parseChatRequest } from './openai/chat-request.ts'
import { badRequest, type ErrorAnswer, missingKey, refusalAnswer, unknownModel } from './openai/error-body.ts'
import { rateHeaders, retryHeaders } from './openai/rate-headers.ts'
import { maxBodyBytes, readJson } from './request-body.ts'
import { sendStream, sendWhole } from './send-answer.ts'
import { sendError } from './send-error.ts'

/** What the chat route works with. */
export interface ChatRouteOptions {
  readonly market: Market
  readonly clock: Clock
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
}

/**
 * Answers `POST /{provider}/v1/chat/completions`. Rejects only when the caller leaves.
 *
 * Reads two headers of its own: `x-routebench-draw` (identity for the draws) and
 * `x-routebench-output-tokens` (length of a free answer).
 */
export async function answerChat(
  exchange: Exchange,
  providerId: string,
  options: ChatRouteOptions,
): Promise<void> {
  const found = await findStall(exchange.request, providerId, options.market)
  if (found.kind === 'error') {
    sendError(exchange, found.answer, { atMs: null, headers: {} })
    return
  }
  const { tally } = found.stall
  tally.arrived()
  try {
    await serve(exchange, found, options)
  } catch (thrown) {
    if (exchange.signal.aborted) tally.canceled()
    throw thrown
  }
}

type Found =
  | { readonly kind: 'found'; readonly stall: Stall; readonly chat: ChatRequest }
  | { readonly kind: 'error'; readonly answer: ErrorAnswer }

async function findStall(request: IncomingMessage, providerId: string, market: Market): Promise<Found> {
  const body = await readJson(request)
  if (body.kind === 'too_large')
    return failed(badRequest(`The body is larger than ${maxBodyBytes} bytes.`, null, 413))
  const outputTokens = wholeOf(headerOf(request, 'x-routebench-output-tokens'))
  const parsed = parseChatRequest(body.kind === 'json' ? body.value : null, outputTokens)
  if (parsed.kind === 'invalid') return failed(badRequest(parsed.message, parsed.param))
  const chat = parsed.request
  const stall = market.stall(providerId, chat.model)
  return stall ? { kind: 'found', stall, chat } : failed(unknownModel(chat.model))
}

function failed(answer: ErrorAnswer): Found {
  return { kind: 'error', answer }
}

async function serve(
  exchange: Exchange,
  { stall, chat }: Found & { kind: 'found' },
  { clock, speed }: ChatRouteOptions,
): Promise<void> {
  const { endpoint } = stall
  const tally = loggedTally(stall.tally, exchange.log)
  const key = bearerOf(exchange.request)
  if (key === null) {
    tally.status(missingKey.status)
    sendError(exchange, missingKey, { atMs: null, headers: {} })
    return
  }
  const drawId = headerOf(exchange.request, 'x-routebench-draw')
  const { id, plan } = stall.admit({
    request: modelRequest(chat, endpoint),
    keyId: hash64(key).toString(36),
    drawId,
  })
  const trace = parseTraceparent(headerOf(exchange.request, 'traceparent') ?? undefined)
  exchange.log.about({ endpoint, drawId, trace, stream: chat.stream, plan })
  const headers = { 'x-request-id': `req_${id}` }
  switch (plan.kind) {
    case 'reset':
      tally.status('reset')
      exchange.reset()
      return
    case 'refusal':
      await refuse(exchange, plan, { model: chat.model, headers, stall, speed })
      return
    case 'answer': {
      const created = Math.floor(clock.epochUs() / 1e6)
      await (chat.stream ? sendStream : sendWhole)(exchange, {
        plan,
        head: { id: `chatcmpl-${id}`, created, model: chat.model },
        headers: { ...headers, ...rateHeaders(plan.rate, speed) },
        includeUsage: chat.includeUsage,
        tally,
      })
    }
  }
}

interface RefusalPlace {
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
  readonly stall: Stall
  readonly speed: number
}

async function refuse(
  exchange: Exchange,
  { refusal, atMs, rate }: AnswerPlan & { kind: 'refusal' },
  { model, headers, stall, speed }: RefusalPlace,
): Promise<void> {
  await exchange.until(atMs)
  const isLimited = refusal.kind === 'limited'
  const limitPerMinute = isLimited ? (rate[refusal.limit]?.limit ?? null) : null
  const answer = refusalAnswer(refusal, { model, limitPerMinute, speed })
  stall.tally.status(answer.status)
  sendError(exchange, answer, {
    atMs,
    headers: {
      ...headers,
      ...rateHeaders(rate, speed),
      ...retryHeaders(isLimited ? refusal.retryAfterMs : null, speed),
    },
  })
}

/** The request without its text. */
function modelRequest({ prompt, maxTokens, wish }: ChatRequest, { cache }: Endpoint): ModelRequest {
  return { prompt: digestPrompt(prompt, cache), maxTokens, wish }
}

function bearerOf(request: IncomingMessage): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function wholeOf(text: string | null): number | null {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null
}
