import type { Clock } from '../core/index.ts'
import { type AttemptRecord, schemaVersion, sinceUs, toUs, usageColumns } from '../record/index.ts'
import { errorTypeOf, type Exchange, faultOfExchange, rateLimitState } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'

/** The row of one finished attempt. */
export function attemptRecord(made: Attempt, call: Call, about: AboutAttempt): AttemptRecord {
  const { exchange, candidate, cost } = made
  const { endpoint } = candidate
  const limits = rateLimitState(exchange.headers)
  return {
    ts: about.clock.toEpochUs(exchange.stamps.sentNs),
    run_id: call.runId,
    scenario: call.scenario,
    arm: call.arm,
    phase: call.phase,
    request_id: call.requestId,
    trace_id: call.traceId,
    span_id: made.spanId,
    parent_span_id: call.spanId,
    attempt_no: made.no,
    kind: call.phase === 'probe' ? 'probe' : made.kind,
    winner: made.isWinner,
    reason: made.reason,
    requested_model: about.request.requestedModels[0] ?? '',
    provider: endpoint.provider.id,
    model: endpoint.modelId,
    endpoint: endpoint.id,
    key_alias: made.keyAlias,
    stream: about.request.stream,
    upstream_id: exchange.answerId,
    outcome: exchange.outcome.kind,
    fault: faultOf(made),
    error_type: errorTypeOf(exchange),
    http_status: exchange.status,
    finish_reason: exchange.finishReason,
    retry_after_ms: exchange.retryAfterMs,
    rl_remaining_requests: limits.remainingRequests,
    rl_remaining_tokens: limits.remainingTokens,
    breaker: made.breaker,
    backoff_us: toUs(made.backoffNs),
    ...attemptTimes(exchange),
    ...usageColumns(exchange.usage),
    cost_source: cost.source,
    cost_usd: cost.billed,
    cost_local_usd: cost.local?.total ?? null,
    cost_nocache_usd: cost.local?.withoutCache ?? null,
    cache_discount_usd: cost.local?.cacheDiscount ?? null,
    price_version: endpoint.price.version,
    schema_version: schemaVersion,
    deadline: exchange.deadline ?? '',
    queue_us: toUs(made.queuedNs),
    quantization: endpoint.quantization,
    region: endpoint.region ?? '',
    service_tier: endpoint.tier === 'default' ? '' : endpoint.tier,
    cost_unknown_reason: cost.unknownReason,
  }
}

/** Nobody is to blame for an attempt that another one was faster than. */
function faultOf({ isLost, exchange }: Attempt) {
  return isLost ? 'none' : faultOfExchange(exchange)
}

/** What an attempt's row says about its request. */
export interface AboutAttempt {
  readonly clock: Clock
  readonly request: ChatRequest
}

function attemptTimes({ stamps, connection }: Exchange) {
  const { sentNs } = stamps
  return {
    connect_us: toUs(connection.connectNs),
    conn_reused: connection.reused,
    headers_us: sinceUs(sentNs, stamps.headersNs),
    ttfb_us: sinceUs(sentNs, stamps.firstByteNs),
    ttft_us: sinceUs(sentNs, stamps.firstTokenNs),
    max_gap_us: sinceUs(0, stamps.maxGapNs),
    latency_us: toUs(stamps.closedNs - sentNs),
  }
}
