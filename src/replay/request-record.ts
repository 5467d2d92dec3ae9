import { hash64 } from '../core/index.ts'
import { type RequestRecord, schemaVersion, sinceUs, toUs, usageColumns } from '../record/index.ts'
import type { PlannedRequest } from '../scenario/index.ts'
import { errorTypeOf, type Exchange, faultOfExchange } from '../wire/index.ts'
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
    attempts: attemptsTold(exchange),
    fallback: 'none',
    fallback_cause: '',
    rate_limited: exchange.status === 429,
    sticky: 'none',
    sticky_key_source: '',
    decision: '',
    ...timeColumns(finished),
    ...usageColumns(exchange.usage),
    ...costColumns(exchange),
    prompt_hash: hash64(finished.body),
    prefix_hash: hash64(prefixOf(planned)),
    output_hash: exchange.text === '' ? 0n : hash64(exchange.text),
    output_bytes: Buffer.byteLength(exchange.text),
    checks: finished.checks.total,
    checks_failed: finished.checks.failed,
    failed_check: finished.checks.firstFailed,
    tags: planned.tags,
    schema_version: schemaVersion,
    ...routerColumns,
    response_cache: responseCacheTold(exchange),
  }
}

/** Only our router says it; what another target puts under that name must still fit the column. */
function attemptsTold({ headers }: Exchange): number {
  const told = headers['x-routebench-attempts'] ?? ''
  return /^\d{1,3}$/.test(told) ? Math.min(Number(told), 255) : 0
}

/** As OpenRouter and our router say it. */
function responseCacheTold({ headers }: Exchange): 'off' | 'miss' | 'hit' {
  const told = headers['x-openrouter-cache-status'] ?? ''
  if (told === 'HIT') return 'hit'
  return told === 'MISS' ? 'miss' : 'off'
}

function outcomeColumns(exchange: Exchange) {
  return {
    outcome: exchange.outcome.kind,
    fault: faultOfExchange(exchange),
    error_type: errorTypeOf(exchange),
    http_status: exchange.status,
    finish_reason: exchange.finishReason,
  }
}

/** What only the router knows. */
const routerColumns = {
  caller_key: '',
  task: '',
  sticky_reason: '',
  pipeline: '',
  service_tier: '',
  queue_us: 0,
  charged_usd: null,
  cost_unknown_reason: '',
} as const

function timeColumns({ exchange: { stamps, connection }, dueNs }: FinishedRequest) {
  const { sentNs, closedNs } = stamps
  return {
    sched_lag_us: toUs(sentNs - dueNs),
    latency_us: toUs(closedNs - sentNs),
    response_us: toUs(closedNs - dueNs),
    upstream_us: 0,
    router_us: 0,
    headers_us: sinceUs(sentNs, stamps.headersNs),
    ttfb_us: sinceUs(sentNs, stamps.firstByteNs),
    first_comment_us: sinceUs(sentNs, stamps.firstCommentNs),
    ttft_us: sinceUs(sentNs, stamps.firstTokenNs),
    ttft_visible_us: sinceUs(sentNs, stamps.firstVisibleNs),
    first_tool_us: sinceUs(sentNs, stamps.firstToolNs),
    last_token_us: sinceUs(sentNs, stamps.lastTokenNs),
    max_gap_us: sinceUs(0, stamps.maxGapNs),
    chunks: stamps.chunks,
    connect_us: toUs(connection.connectNs),
    conn_reused: connection.reused,
  }
}

/** The client knows the cost only when the answer tells it; the router's rows have the whole account. */
function costColumns({ usage }: Exchange) {
  const told = usage?.reportedCost ?? null
  return {
    cost_source: told === null ? 'none' : 'provider',
    cost_usd: told,
    cost_local_usd: null,
    cost_nocache_usd: null,
    cache_discount_usd: null,
    wasted_usd: null,
    price_version: '',
  } as const
}

/** Text that conversations with a common prefix share: the parts of the first message. */
function prefixOf({ messages }: PlannedRequest): string {
  return JSON.stringify(messages[0] ?? null)
}
