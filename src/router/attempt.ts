import type { AttemptKind, Candidate, Failure } from '../policy/index.ts'
import { formatTraceparent, spanIdOf } from '../core/index.ts'
import {
  encodeHeaderText,
  encodeChatRequest,
  errorOf,
  classOfExchange,
  exchange,
  type Exchange,
  type StreamEvent,
} from '../wire/index.ts'
import { attemptDeadlines } from './attempt-deadlines.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { type AttemptCost, attemptCost } from './cost.ts'
import { imagesIn } from './images-in.ts'
import { upstreamFields } from './upstream-fields.ts'

/** One finished upstream call. */
export interface Attempt {
  /** From 1. */
  readonly no: number
  readonly kind: AttemptKind
  readonly candidate: Candidate
  readonly reason: string
  readonly keyAlias: string
  readonly spanId: string
  readonly exchange: Exchange
  readonly cost: AttemptCost
  /** null: it succeeded. */
  readonly failure: Omit<Failure, 'candidate'> | null
  /** Whether its answer, or the beginning of it, went to the caller. */
  readonly isWinner: boolean
}

/** What one attempt needs. */
export interface AttemptOptions {
  readonly context: RouterContext
  readonly call: Call
  readonly request: ChatRequest
  readonly candidate: Candidate
  readonly no: number
  readonly kind: Attempt['kind']
  /** What is left for the whole request; null: any time. */
  readonly leftMs: number | null
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
  /** Whether a token of this attempt has gone to the caller. */
  readonly tokenSent: () => boolean
}

/** Makes one upstream call and judges it. Never rejects. */
export async function attempt(options: AttemptOptions): Promise<Attempt> {
  const { context, call, request, candidate, no, kind } = options
  const { endpoint } = candidate
  const upstream = context.upstream(endpoint)
  const spanId = spanIdOf(call.requestId, 'attempt', no)
  const { fields, dropped } = upstreamFields(request.body, endpoint)
  const { body, leftOut } = encodeChatRequest(fields, {
    upstreamModel: endpoint.upstreamModel,
    stream: request.stream,
  })
  const missing = [...dropped, ...leftOut]
  const made = await exchange({
    url: `${upstream.baseUrl}/chat/completions`,
    apiKey: upstream.apiKey,
    headers: {
      traceparent: formatTraceparent({ traceId: call.traceId, spanId, isSampled: call.isSampled }),
      ...(context.settings.upstreamIsSimulated && simulationHeaders(call)),
    },
    body,
    dispatcher: context.pool.dispatcher,
    clock: context.clock,
    signal: options.signal,
    deadlines: attemptDeadlines(context.settings, { stream: request.stream, leftMs: options.leftMs }),
    onEvent: options.onEvent,
  })
  const result = refuseStream(made, request.stream)
  const failure = failureOf(result, options.tokenSent())
  return {
    no,
    kind,
    candidate,
    reason: missing.length > 0 ? `${candidate.reason}; without ${missing.join(', ')}` : candidate.reason,
    keyAlias: upstream.keyAlias,
    spanId,
    exchange: result,
    cost: attemptCost(endpoint, result, {
      epochUs: context.clock.toEpochUs(result.stamps.sentNs),
      images: imagesIn(request.body),
    }),
    failure,
    isWinner: failure === null || options.tokenSent(),
  }
}

/**
 * What simulated providers draw from: the planned item, so that equal plans meet equal answers in every run, or the
 * request itself in live traffic.
 */
function simulationHeaders({ arm, itemId, requestId, outputTokens }: Call): Record<string, string> {
  return {
    'x-routebench-draw': itemId === '' ? requestId : encodeHeaderText(`${arm}/${itemId}`),
    ...(outputTokens !== '' && { 'x-routebench-output-tokens': outputTokens }),
  }
}

/** A stream that nobody asked for has no body to answer with. */
function refuseStream(made: Exchange, wantsStream: boolean): Exchange {
  if (wantsStream || made.outcome.kind !== 'ok' || made.body !== null) return made
  return { ...made, outcome: errorOf('malformed_response', 'a stream came instead of a JSON answer') }
}

function failureOf(made: Exchange, tokenSent: boolean): Attempt['failure'] {
  const errorClass = classOfExchange(made)
  if (errorClass === null) return null
  const { scope, isRetryable } = errorClass
  const broken = tokenSent ? 'after_token' : null
  const ends = made.outcome.kind === 'canceled' ? 'canceled' : broken
  return { ends, scope, isRetryable, retryAfterMs: made.retryAfterMs, hasOtherKey: false }
}
