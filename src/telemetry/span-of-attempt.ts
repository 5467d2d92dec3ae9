import { formatUsd } from '../core/index.ts'
import type { AttemptRecord } from '../record/index.ts'
import { attributesOf, finishReasonsOf, msOf, type Optional, secondsOf, unless, usdOf } from './attributes.ts'
import { names, providerName } from './names.ts'
import type { Span } from './span-value.ts'

/** The span of one upstream call: kind `client`, and the only one with `gen_ai.usage.*` and cost. Pure. */
export function spanOfAttempt(record: AttemptRecord): Span {
  return {
    traceId: record.trace_id,
    spanId: record.span_id,
    parentSpanId: record.parent_span_id,
    name: `chat ${record.model}`,
    kind: 'client',
    startEpochUs: record.ts,
    durationUs: record.latency_us,
    isError: record.outcome === 'error' || record.outcome === 'truncated',
    attributes: attributesOf({
      ...identity(record),
      ...choice(record),
      ...answer(record),
      ...usage(record),
      ...cost(record),
    }),
  }
}

function identity(record: AttemptRecord): Record<string, Optional> {
  return {
    [names.operation]: 'chat',
    [names.provider]: providerName(record.provider),
    [names.requestModel]: record.model,
    [names.requestStream]: record.stream ? true : null,
    [names.rbRequestId]: record.request_id,
    [names.rbRunId]: record.run_id,
    [names.rbScenario]: record.scenario,
    [names.rbArm]: record.arm,
    [names.rbPhase]: record.phase,
    [names.rbProvider]: record.provider,
    [names.rbEndpoint]: record.endpoint,
    [names.rbKeyAlias]: record.key_alias,
  }
}

function choice(record: AttemptRecord): Record<string, Optional> {
  return {
    [names.rbAttemptNo]: record.attempt_no,
    [names.rbAttemptKind]: record.kind,
    [names.rbAttemptWinner]: record.winner,
    [names.rbAttemptReason]: record.reason,
    [names.rbBackoffMs]: msOf(unless(record.backoff_us, 0)),
    [names.rbBreaker]: unless(record.breaker, 'closed'),
  }
}

function answer(record: AttemptRecord): Record<string, Optional> {
  return {
    [names.responseId]: record.upstream_id,
    [names.responseModel]: record.outcome === 'ok' ? record.model : null,
    [names.finishReasons]: finishReasonsOf(record.outcome, record.finish_reason),
    [names.timeToFirstChunk]: record.stream ? secondsOf(record.ttft_us) : null,
    [names.errorType]: record.error_type,
    [names.httpStatus]: unless(record.http_status, 0),
    [names.rbOutcome]: record.outcome,
    [names.rbFault]: unless(record.fault, 'none'),
    [names.rbRetryAfterMs]: record.retry_after_ms,
  }
}

function usage(record: AttemptRecord): Record<string, Optional> {
  return {
    [names.inputTokens]: record.input_tokens,
    [names.outputTokens]: record.output_tokens,
    [names.cacheReadTokens]: record.cache_read_tokens,
    [names.cacheWriteTokens]: record.cache_write_tokens,
    [names.reasoningTokens]: record.reasoning_tokens,
  }
}

/** The convention wants a double; the exact amount is beside it as a decimal string. Unknown cost says nothing. */
function cost(record: AttemptRecord): Record<string, Optional> {
  if (record.cost_usd === null || record.cost_source === 'none') return {}
  return {
    [names.costAmount]: Number(formatUsd(record.cost_usd)),
    [names.costCurrency]: 'USD',
    [names.costSource]: record.cost_source,
    [names.rbCostUsd]: usdOf(record.cost_usd),
    [names.rbCacheDiscountUsd]: usdOf(record.cache_discount_usd),
    [names.rbPriceVersion]: record.price_version,
  }
}
