import { hash64 } from '../core/index.ts'
import { type RequestRecord, schemaVersion } from '../record/index.ts'
import type { PlannedRequest } from '../scenario/index.ts'
import type { Exchange } from '../wire/index.ts'
import type { CheckResult } from './checks.ts'
import type { Target } from './target.ts'

/** What identifies a request beyond its plan. */
export interface RequestIdentity {
  readonly runId: string
  readonly scenario: string
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
}

/** Everything known when a request has ended. */
export interface FinishedRequest {
  readonly planned: PlannedRequest
  readonly identity: RequestIdentity
  readonly target: Target
  readonly body: Buffer
  /** Monotonic nanoseconds at which it was due. */
  readonly dueNs: number
  /** Wall-clock microseconds at which it was sent. */
  readonly sentEpochUs: number
  readonly exchange: Exchange
  readonly checks: CheckResult
}

/** The client's row of a finished request. Pure. What only a router can know stays empty. */
export function clientRecord(finished: FinishedRequest): RequestRecord {
  const { planned, identity, target, exchange } = finished
  return {
    ts: finished.sentEpochUs,
    vantage: 'client',
    run_id: identity.runId,
    scenario: identity.scenario,
    arm: planned.arm,
    phase: planned.phase,
    request_id: identity.requestId,
    item_id: planned.itemId,
    trace_id: identity.traceId,
    span_id: identity.spanId,
    parent_span_id: '',
    session_id: planned.session?.id ?? '',
    turn: planned.session?.turn ?? 0,
    operation: 'chat',
    stream: planned.stream,
    target: target.name,
    requested_model: planned.model,
    route_policy: '',
    served_model: exchange.model,
    served_provider: exchange.provider,
    served_endpoint: '',
    upstream_id: exchange.answerId,
    ...outcomeColumns(exchange),
    attempts: Number(exchange.headers['x-routebench-attempts'] ?? 0),
    fallback: 'none',
    fallback_cause: '',
    rate_limited: exchange.status === 429,
    sticky: 'none',
    sticky_key_source: '',
    decision: '',
    ...timeColumns(finished),
    ...usageColumns(exchange),
    prompt_hash: hash64(finished.body),
    prefix_hash: hash64(prefixOf(planned)),
    output_hash: hash64(exchange.text),
    output_bytes: Buffer.byteLength(exchange.text),
    checks: finished.checks.total,
    checks_failed: finished.checks.failed,
    failed_check: finished.checks.firstFailed,
    tags: planned.tags,
    schema_version: schemaVersion,
  }
}

function outcomeColumns({ outcome, status, finishReason }: Exchange) {
  const failure = {
    ok: { fault: 'none', error_type: '' },
    canceled: { fault: 'client', error_type: 'canceled' },
    truncated: { fault: 'provider', error_type: 'truncated' },
    error: { fault: outcome.kind === 'error' ? outcome.fault : 'none', error_type: '' },
  } as const
  return {
    outcome: outcome.kind,
    ...failure[outcome.kind],
    ...(outcome.kind === 'error' && { error_type: outcome.errorType }),
    http_status: status,
    finish_reason: finishReason,
  }
}

function timeColumns({ exchange: { stamps, connection }, dueNs }: FinishedRequest) {
  const { sentNs, closedNs } = stamps
  const sinceSent = (atNs: number | null) => (atNs === null ? null : toUs(atNs - sentNs))
  return {
    sched_lag_us: toUs(sentNs - dueNs),
    latency_us: toUs(closedNs - sentNs),
    response_us: toUs(closedNs - dueNs),
    upstream_us: 0,
    router_us: 0,
    headers_us: sinceSent(stamps.headersNs),
    ttfb_us: sinceSent(stamps.firstByteNs),
    first_comment_us: sinceSent(stamps.firstCommentNs),
    ttft_us: sinceSent(stamps.firstTokenNs),
    ttft_visible_us: sinceSent(stamps.firstVisibleNs),
    first_tool_us: sinceSent(stamps.firstToolNs),
    last_token_us: sinceSent(stamps.lastTokenNs),
    max_gap_us: stamps.maxGapNs === null ? null : toUs(stamps.maxGapNs),
    chunks: stamps.chunks,
    connect_us: toUs(connection.connectNs),
    conn_reused: connection.reused,
  }
}

const unknownUsage = {
  usage_source: 'none',
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
  cost_source: 'none',
  cost_usd: null,
} as const

/** The client knows the cost only when the answer tells it; the router's rows have the whole account. */
function usageColumns({ usage }: Exchange) {
  const unknownHere = {
    cost_local_usd: null,
    cost_nocache_usd: null,
    cache_discount_usd: null,
    wasted_usd: null,
    price_version: '',
  }
  if (!usage) return { ...unknownUsage, ...unknownHere }
  return {
    ...unknownHere,
    usage_source: 'provider',
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost_source: usage.reportedCost === null ? 'none' : 'provider',
    cost_usd: usage.reportedCost,
  } as const
}

/** Text that conversations with a common prefix share: the parts of the first message. */
function prefixOf({ messages }: PlannedRequest): string {
  return JSON.stringify(messages[0] ?? null)
}

/** Nanoseconds to whole microseconds, never below 0 and never above what the column holds. */
function toUs(ns: number): number {
  return Math.min(Math.max(Math.round(ns / 1000), 0), 2 ** 32 - 1)
}
