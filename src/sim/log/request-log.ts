import type { Endpoint } from '../../catalog/index.ts'
import { formatUsd } from '../../core/index.ts'
import { billedCost } from './billed-cost.ts'
import type { Ending, LogLine } from './log-line.ts'
import type { AnswerPlan } from '../model/answer.ts'

/** What a request turned out to be once its body was read and its answer decided. */
export interface LoggedRequest {
  readonly endpoint: Endpoint
  readonly drawId: string | null
  /** The caller's position in a trace; null: it gave none. */
  readonly trace: { readonly traceId: string; readonly spanId: string } | null
  readonly stream: boolean
  readonly plan: AnswerPlan
}

/** Follows one exchange. Every call takes a stamp or a number and nothing more; lines are made after the end. */
export interface RequestLog {
  about(request: LoggedRequest): void
  /** The status line and headers are written at `nowNs`. */
  head(status: number, nowNs: number): void
  /** A piece of the body is written at `nowNs`; `plannedNs` null: it was not planned for an instant. */
  wrote(plannedNs: number | null, nowNs: number): void
  /** `tokens` output tokens were written. */
  sent(tokens: number): void
  /** The first end counts. */
  ended(how: Ending, nowNs: number): void
  /** Nothing but the end may follow; the line is handed over at the later of the two. */
  finish(): void
}

/** Follows nothing: for simulators whose log nobody keeps. */
export const noRequestLog: RequestLog = Object.freeze({
  about: () => undefined,
  head: () => undefined,
  wrote: () => undefined,
  sent: () => undefined,
  ended: () => undefined,
  finish: () => undefined,
})

/** What a `RequestLog` is made of. */
export interface RequestLogOptions {
  readonly no: number
  readonly receivedNs: number
  /** The same instant in milliseconds since 1970 UTC. */
  readonly receivedEpochMs: number
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
  /** Takes what makes the line; called once. */
  readonly keep: (made: () => LogLine) => void
}

/** Begins the log of one exchange. */
export function createRequestLog({ keep, ...received }: RequestLogOptions): RequestLog {
  let request: LoggedRequest | null = null
  let isFinished = false
  const writesNs: number[] = []
  const seen: Mutable<Seen> = {
    ...received,
    status: 0,
    headersNs: null,
    sentTokens: 0,
    ended: null,
    endNs: received.receivedNs,
    writesNs,
  }
  return Object.freeze({
    about: (logged: LoggedRequest) => void (request = logged),
    head: (status: number, nowNs: number) => {
      seen.status = status
      seen.headersNs = nowNs
    },
    wrote: (plannedNs: number | null, nowNs: number) => void writesNs.push(plannedNs ?? Number.NaN, nowNs),
    sent: (tokens: number) => void (seen.sentTokens += tokens),
    ended: (how: Ending, nowNs: number) => {
      if (seen.ended !== null) return
      seen.ended = how
      seen.endNs = nowNs
      if (isFinished) keep(() => lineOf(request, seen))
    },
    finish: () => {
      isFinished = true
      if (seen.ended !== null) keep(() => lineOf(request, seen))
    },
  })
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What was seen of one exchange. */
interface Seen {
  readonly no: number
  readonly receivedNs: number
  readonly receivedEpochMs: number
  readonly speed: number
  readonly status: number
  readonly headersNs: number | null
  readonly sentTokens: number
  /** null: it has not ended. */
  readonly ended: Ending | null
  readonly endNs: number
  /** Planned (NaN: not planned) and written, in turn; one flat array is cheaper than a pair for each write. */
  readonly writesNs: readonly number[]
}

function lineOf(request: LoggedRequest | null, seen: Seen): LogLine {
  return {
    kind: 'request',
    no: seen.no,
    ...identityOf(request),
    received_ns: seen.receivedNs,
    headers_ns: seen.headersNs,
    first_byte_ns: seen.writesNs[1] ?? null,
    last_byte_ns: seen.writesNs.at(-1) ?? null,
    end_ns: seen.endNs,
    status: seen.status,
    ended: endingOf(request, seen),
    canceled: seen.ended === 'canceled',
    ...plannedOf(request, seen),
    sent_tokens: seen.sentTokens,
    writes_us: writesOf(seen),
    billed_usd: formatUsd(request ? billedOf(request, seen) : 0n),
    price_version: request?.endpoint.price.version ?? '',
  }
}

/** An answer that ends in an error was broken off; one with a damaged record was, to its provider, whole. */
function endingOf(request: LoggedRequest | null, { ended }: Seen): Ending {
  const isSpoilt = request?.plan.kind === 'answer' && request.plan.cut?.how === 'error'
  return isSpoilt && ended === 'complete' ? 'cut' : (ended ?? 'canceled')
}

function identityOf(request: LoggedRequest | null) {
  const { traceId, spanId } = request?.trace ?? { traceId: '', spanId: '' }
  return {
    endpoint: request?.endpoint.id ?? '',
    draw_id: request?.drawId ?? '',
    trace_id: traceId,
    span_id: spanId,
    stream: request?.stream ?? false,
  }
}

function plannedOf(request: LoggedRequest | null, { speed }: Seen) {
  if (request?.plan.kind !== 'answer') return noAnswer
  const { usage, chunks, endAtMs } = request.plan
  return {
    input_tokens: usage.inputTokens,
    cached_tokens: usage.cachedTokens,
    written_tokens: usage.writtenTokens,
    output_tokens: usage.outputTokens,
    chunks: chunks.length,
    planned_end_us: Math.round((endAtMs * 1000) / speed),
  }
}

const noAnswer = {
  input_tokens: null,
  cached_tokens: null,
  written_tokens: null,
  output_tokens: null,
  chunks: 0,
  planned_end_us: null,
}

function writesOf({ writesNs, receivedNs }: Seen): LogLine['writes_us'] {
  const sinceUs = (atNs: number) => Math.round((atNs - receivedNs) / 1000)
  return Array.from({ length: writesNs.length / 2 }, (_, at) => {
    const planned = writesNs[2 * at] ?? Number.NaN
    return [Number.isNaN(planned) ? null : sinceUs(planned), sinceUs(writesNs[2 * at + 1] ?? 0)] as const
  })
}

function billedOf(request: LoggedRequest, seen: Seen) {
  const { endpoint, plan, stream } = request
  const isAnswer = plan.kind === 'answer'
  return billedCost(endpoint.price, {
    ended: endingOf(request, seen),
    wasBegun: seen.status === 200,
    usage: isAnswer ? plan.usage : null,
    madeTokens: isAnswer && !stream ? madeTokens(plan, seen) : seen.sentTokens,
    billsCanceled: endpoint.provider.billsCanceled,
    atEpochMs: seen.receivedEpochMs,
  })
}

/** Without a stream nothing is written before the end, but the tokens were made as planned. */
function madeTokens({ chunks, usage }: AnswerPlan & { kind: 'answer' }, seen: Seen): number {
  if (chunks.length === 0) return 0
  const elapsedMs = ((seen.endNs - seen.receivedNs) / 1e6) * seen.speed
  const made = chunks.filter(({ atMs }) => atMs <= elapsedMs).length
  return Math.floor((usage.outputTokens * made) / chunks.length)
}
