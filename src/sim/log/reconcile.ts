import { formatUsd, type PicoUsd, parseUsd } from '../../core/index.ts'
import type { LogLine } from './log-line.ts'

/** What a run's record says of one upstream call; the fields of its `attempts` row that can be compared. */
export interface AttemptFacts {
  readonly spanId: string
  readonly endpoint: string
  readonly outcome: string
  readonly errorType: string
  /** 0: no answer came. */
  readonly httpStatus: number
  /** null: the record does not know. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly cost: PicoUsd | null
}

/** One thing on which provider and run do not agree. */
export interface Difference {
  readonly kind:
    | 'not_received'
    | 'not_recorded'
    | 'endpoint'
    | 'status'
    | 'input_tokens'
    | 'output_tokens'
    | 'cache_read_tokens'
    | 'cache_write_tokens'
    | 'cost'
    | 'cancellation'
  readonly spanId: string
  readonly endpoint: string
  /** What the provider's log says; empty: nothing. */
  readonly log: string
  /** What the run's record says; empty: nothing. */
  readonly run: string
}

/** Totals of one side. */
export interface ReconciledTotals {
  readonly requests: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly canceled: number
  readonly cost: PicoUsd
}

/** What comparing a provider log with a run's attempts gave. */
export interface Reconciliation {
  /** Everything the providers saw, and everything the run knows: they differ by what is unknown to the run. */
  readonly log: ReconciledTotals
  readonly run: ReconciledTotals
  readonly differences: readonly Difference[]
  /** Attempts whose cost the run calls unknown (cut, canceled, timed out), and what the providers billed for them. */
  readonly unknownCost: { readonly attempts: number; readonly billed: PicoUsd }
}

/** Failures in which the request never reached a provider, so that its log cannot have it. */
const neverReceived: ReadonlySet<string> = new Set([
  'connection_refused',
  'name_not_resolved',
  'timeout_connect',
])

/** Attempts that ended before anything was sent, as in the queue of a provider, have no status and certainly no cost. */
function wasNeverSent({ errorType, httpStatus, cost }: AttemptFacts): boolean {
  return neverReceived.has(errorType) || (httpStatus === 0 && cost === 0n)
}

/**
 * Compares what simulated providers saw with what a run recorded, call by call, joined by the span id of the attempt.
 *
 * Pure. Tokens and cost are compared where the record knows them: an answer without usage has an unknown cost by
 * design, which is summed apart. A caller that leaves (canceled, or timed out by the router) must be canceled or already complete
 * at the provider; a request that nobody gave up must not be.
 */
export function reconcile(lines: readonly LogLine[], attempts: readonly AttemptFacts[]): Reconciliation {
  const received = new Map(lines.map(line => [line.span_id, line]))
  const recorded = new Set(attempts.map(({ spanId }) => spanId))
  const pairs = attempts.flatMap(attempt => {
    const line = received.get(attempt.spanId)
    return line ? [{ attempt, line }] : []
  })
  const unreceived = attempts.filter(attempt => !received.has(attempt.spanId) && !wasNeverSent(attempt))
  const unrecorded = lines.filter(({ span_id: spanId }) => !recorded.has(spanId))
  const unknown = pairs.filter(({ attempt }) => attempt.cost === null)
  return {
    log: totalsOf(lines.map(lineTotals)),
    run: totalsOf(attempts.map(attemptTotals)),
    differences: [
      ...unreceived.map(attempt => difference('not_received', attempt, ['', outcomeText(attempt)])),
      ...unrecorded.map(line =>
        difference('not_recorded', { spanId: line.span_id, endpoint: line.endpoint }, [endText(line), '']),
      ),
      ...pairs.flatMap(pairDifferences),
    ],
    unknownCost: {
      attempts: unknown.length,
      billed: unknown.reduce((sum, { line }) => sum + billedOf(line), 0n),
    },
  }
}

interface Pair {
  readonly attempt: AttemptFacts
  readonly line: LogLine
}

function pairDifferences({ attempt, line }: Pair): readonly Difference[] {
  const tokens = [
    ['input_tokens', line.input_tokens, attempt.inputTokens],
    ['output_tokens', line.output_tokens, attempt.outputTokens],
    ['cache_read_tokens', line.cached_tokens, attempt.cacheReadTokens],
    ...(isFreeWriteUntold({ attempt, line })
      ? []
      : [['cache_write_tokens', line.written_tokens, attempt.cacheWriteTokens] as const]),
  ] as const
  return [
    ...(line.endpoint === attempt.endpoint
      ? []
      : [difference('endpoint', attempt, [line.endpoint, attempt.endpoint])]),
    ...statusDifferences({ attempt, line }),
    ...tokens
      .filter(([, ofLine, ofRun]) => ofRun !== null && ofLine !== ofRun)
      .map(([kind, ofLine, ofRun]) => difference(kind, attempt, [String(ofLine ?? ''), String(ofRun)])),
    ...(attempt.cost === null || attempt.cost === billedOf(line)
      ? []
      : [difference('cost', attempt, [line.billed_usd, formatUsd(attempt.cost)])]),
    ...(isCancellationSound({ attempt, line })
      ? []
      : [difference('cancellation', attempt, [endText(line), outcomeText(attempt)])]),
  ]
}

/** Gemini's usage has no word for what is written to a cache, which takes nothing there: the same cost proves it. */
function isFreeWriteUntold({ attempt, line }: Pair): boolean {
  return attempt.cacheWriteTokens === 0 && attempt.cost === billedOf(line)
}

/** A status that was written may not have arrived; one that arrived was written. */
function statusDifferences({ attempt, line }: Pair): readonly Difference[] {
  if (attempt.httpStatus === 0 || attempt.httpStatus === line.status) return []
  return [difference('status', attempt, [String(line.status), String(attempt.httpStatus)])]
}

function isCancellationSound({ attempt, line }: Pair): boolean {
  return !line.canceled || attempt.outcome === 'canceled' || attempt.outcome === 'error'
}

function difference(
  kind: Difference['kind'],
  { spanId, endpoint }: Pick<AttemptFacts, 'spanId' | 'endpoint'>,
  [log, run]: readonly [log: string, run: string],
): Difference {
  return { kind, spanId, endpoint, log, run }
}

function outcomeText({ outcome, errorType }: AttemptFacts): string {
  return errorType === '' ? outcome : `${outcome} ${errorType}`
}

function endText({ ended, status }: LogLine): string {
  return status === 0 ? ended : `${ended} ${status}`
}

function billedOf({ billed_usd: billed }: LogLine): PicoUsd {
  return parseUsd(billed) ?? 0n
}

function lineTotals(line: LogLine): ReconciledTotals {
  return {
    requests: 1,
    inputTokens: line.input_tokens ?? 0,
    cachedTokens: line.cached_tokens ?? 0,
    outputTokens: line.sent_tokens,
    canceled: line.canceled ? 1 : 0,
    cost: billedOf(line),
  }
}

function attemptTotals(attempt: AttemptFacts): ReconciledTotals {
  return {
    requests: 1,
    inputTokens: attempt.inputTokens ?? 0,
    cachedTokens: attempt.cacheReadTokens ?? 0,
    outputTokens: attempt.outputTokens ?? 0,
    canceled: attempt.outcome === 'canceled' ? 1 : 0,
    cost: attempt.cost ?? 0n,
  }
}

function totalsOf(parts: readonly ReconciledTotals[]): ReconciledTotals {
  const none = { requests: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, canceled: 0, cost: 0n }
  return parts.reduce(
    (sum, part) => ({
      requests: sum.requests + part.requests,
      inputTokens: sum.inputTokens + part.inputTokens,
      cachedTokens: sum.cachedTokens + part.cachedTokens,
      outputTokens: sum.outputTokens + part.outputTokens,
      canceled: sum.canceled + part.canceled,
      cost: sum.cost + part.cost,
    }),
    none,
  )
}
