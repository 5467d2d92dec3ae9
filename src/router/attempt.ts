import { formatTraceparent, type JsonObject, nsPerMs, spanIdOf } from '../core/index.ts'
import type { BreakerState } from '../health/index.ts'
import type { AttemptKind, Candidate, Failure } from '../policy/index.ts'
import {
  classOfExchange,
  type Deadlines,
  encodeHeaderText,
  errorOf,
  exchange,
  type Exchange,
} from '../wire/index.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { type AttemptCost, attemptCost } from './cost.ts'
import { imagesIn } from './images-in.ts'
import { inPlace } from './queues/in-place.ts'
import type { Lane } from './race.ts'
import type { Reply } from './reply.ts'
import { upstreamRequest } from './upstream-request.ts'
import type { UpstreamKey } from './upstream.ts'

/** One finished upstream call. */
export interface Attempt {
  /** From 1, in the order they began. */
  readonly no: number
  readonly kind: AttemptKind
  readonly candidate: Candidate
  readonly reason: string
  readonly keyAlias: string
  /** The endpoint's circuit breaker when it began. */
  readonly breaker: BreakerState
  /** Wait before it, to leave the endpoint time. */
  readonly backoffNs: number
  /** Wait for a place at the provider. */
  readonly queuedNs: number
  readonly spanId: string
  readonly exchange: Exchange
  readonly cost: AttemptCost
  /** null: it succeeded. */
  readonly failure: Omit<Failure, 'candidate'> | null
  /** It was given up because another attempt beside it answered. */
  readonly isLost: boolean
  /** Whether its answer, or the beginning of it, went to the caller. */
  readonly isWinner: boolean
}

/** What one attempt needs. */
export interface AttemptOptions
  extends Pick<Attempt, 'no' | 'kind' | 'candidate' | 'reason' | 'breaker' | 'backoffNs'> {
  readonly context: RouterContext
  readonly call: Call
  readonly request: ChatRequest
  /** What to send: the request's body, or one that goes on with an answer, and what was changed for that. */
  readonly sent: { readonly body: JsonObject; readonly changed: readonly string[] }
  readonly key: UpstreamKey
  /** Whether a connection is opened for it. */
  readonly isFresh: boolean
  readonly reply: Pick<Reply, 'whenTaken'>
  readonly deadlines: Deadlines
  readonly lane: Lane
  /** What to wait for before more of the answer is read; null: nothing. */
  readonly whenTaken: () => Promise<void> | null
}

/** Makes one upstream call and judges it. Never rejects. */
export async function attempt(options: AttemptOptions): Promise<Attempt> {
  const { context, call, request, candidate, no, key, lane, sent } = options
  const { endpoint } = candidate
  const spanId = spanIdOf(call.requestId, 'attempt', no)
  const isSimulated = context.settings.upstreamIsSimulated
  const asked = upstreamRequest({ endpoint, request, body: sent.body, isSimulated })
  const { protocol, encoded } = asked
  const { exchange: made, queuedNs } = await inPlace(context, {
    providerId: endpoint.provider.id,
    signal: lane.signal,
    deadlines: options.deadlines,
    call: deadlines =>
      exchange({
        protocol,
        url: context.upstream(endpoint).baseUrl + encoded.path,
        apiKey: key.value,
        keyHeader: encoded.keyHeader,
        headers: {
          ...encoded.headers,
          traceparent: formatTraceparent({ traceId: call.traceId, spanId, isSampled: call.isSampled }),
          ...(isSimulated && simulationHeaders(call)),
        },
        body: encoded.body,
        dispatcher: options.isFresh ? context.pool.fresh : context.pool.dispatcher,
        clock: context.clock,
        signal: lane.signal,
        deadlines,
        onEvent: lane.onEvent,
        whenTaken: options.reply.whenTaken,
      }),
  })
  const result = refuseStream(made, request.stream)
  const judged = judge(result, lane)
  return {
    no,
    kind: options.kind,
    candidate,
    reason: reasonOf(options.reason, {
      without: asked.without,
      with: [...sent.changed, ...asked.changed],
      'paused for its caller': pausesOf(result),
    }),
    keyAlias: key.alias,
    breaker: options.breaker,
    backoffNs: options.backoffNs,
    queuedNs,
    spanId,
    exchange: result,
    cost: attemptCost(endpoint, result, {
      epochUs: context.clock.toEpochUs(result.stamps.sentNs),
      images: imagesIn(request.body),
      stream: request.stream,
    }),
    ...judged,
  }
}

/** How long its answer was not read, since the caller was slower. */
function pausesOf({ stamps: { pausedNs } }: Exchange): readonly string[] {
  return pausedNs > 0 ? [`${Math.round(pausedNs / nsPerMs)} ms`] : []
}

function reasonOf(reason: string, changes: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(changes).filter(([, names]) => names.length > 0)
  return [reason, ...parts.map(([how, names]) => `${how} ${names.join(', ')}`)].join('; ')
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

function judge(made: Exchange, lane: Lane): Pick<Attempt, 'failure' | 'isLost' | 'isWinner'> {
  const errorClass = classOfExchange(made)
  if (errorClass === null) {
    const isWinner = lane.wins()
    return { failure: null, isLost: !isWinner, isWinner }
  }
  const { scope, isRetryable } = errorClass
  const isCanceled = made.outcome.kind === 'canceled'
  const broken = lane.tokenSent() ? 'after_token' : null
  const ends = isCanceled ? 'canceled' : broken
  const failure = { ends, scope, isRetryable, retryAfterMs: made.retryAfterMs, hasOtherKey: false } as const
  return { failure, isLost: isCanceled && lane.hasLost(), isWinner: lane.tokenSent() }
}
