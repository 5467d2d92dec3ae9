import type { RequestRecord } from '../record/index.ts'
import { attributesOf, finishReasonsOf, msOf, type Optional, secondsOf, unless, usdOf } from './attributes.ts'
import { names, providerName } from './names.ts'
import type { Span } from './span-value.ts'

/**
 * The span of a request as one vantage saw it: kind `client` at the replayer, `server` at the router.
 *
 * Usage and cost are in `rb.*` only: the attempts carry `gen_ai.usage.*`, and a backend that sums spans must not
 * count twice. A request that was rescued by a fallback is no error. Pure.
 */
export function spanOfRequest(record: RequestRecord): Span {
  const kind = record.vantage === 'router' ? 'server' : 'client'
  return {
    traceId: record.trace_id,
    spanId: record.span_id,
    parentSpanId: record.parent_span_id,
    name: `${record.operation} ${record.requested_model}`,
    kind,
    startEpochUs: record.ts,
    durationUs: record.latency_us,
    isError: isError(record, kind),
    attributes: attributesOf({
      ...identity(record),
      ...answer(record),
      ...routing(record),
      ...timing(record),
      ...consumption(record),
    }),
  }
}

/** A server that refuses a wrong call has worked well (HTTP conventions: 4xx leaves a server span unset). */
function isError({ outcome, fault }: RequestRecord, kind: Span['kind']): boolean {
  if (outcome === 'ok' || outcome === 'canceled') return false
  return !(kind === 'server' && fault === 'client')
}

function identity(record: RequestRecord): Record<string, Optional> {
  return {
    [names.operation]: record.operation,
    [names.requestModel]: record.requested_model,
    [names.requestStream]: record.stream ? true : null,
    [names.conversation]: record.session_id,
    [names.rbRequestId]: record.request_id,
    [names.rbRunId]: record.run_id,
    [names.rbScenario]: record.scenario,
    [names.rbArm]: record.arm,
    [names.rbPhase]: record.phase,
    [names.rbItemId]: record.item_id,
    [names.rbTurn]: record.session_id === '' ? null : record.turn,
    [names.rbTarget]: record.target,
  }
}

function answer(record: RequestRecord): Record<string, Optional> {
  return {
    [names.provider]: providerName(record.served_provider),
    [names.responseId]: record.upstream_id,
    [names.responseModel]: record.served_model,
    [names.finishReasons]: finishReasonsOf(record.outcome, record.finish_reason),
    [names.errorType]: record.error_type,
    [names.httpStatus]: unless(record.http_status, 0),
    [names.rbProvider]: record.served_provider,
    [names.rbEndpoint]: record.served_endpoint,
    [names.rbOutcome]: record.outcome,
    [names.rbFault]: unless(record.fault, 'none'),
  }
}

function routing(record: RequestRecord): Record<string, Optional> {
  return {
    [names.rbPolicy]: record.route_policy,
    [names.rbAttempts]: record.vantage === 'router' ? record.attempts : null,
    [names.rbFallback]: unless(record.fallback, 'none'),
    [names.rbFallbackCause]: record.fallback_cause,
    [names.rbSticky]: unless(record.sticky, 'none'),
  }
}

function timing(record: RequestRecord): Record<string, Optional> {
  return {
    [names.timeToFirstChunk]: record.stream ? secondsOf(record.ttft_us) : null,
    [names.rbScheduleLagMs]: record.vantage === 'client' ? msOf(record.sched_lag_us) : null,
    [names.rbRouterOverheadMs]: record.vantage === 'router' ? msOf(record.router_us) : null,
  }
}

function consumption(record: RequestRecord): Record<string, Optional> {
  return {
    [names.rbInputTokens]: record.input_tokens,
    [names.rbOutputTokens]: record.output_tokens,
    [names.rbCacheReadTokens]: record.cache_read_tokens,
    [names.rbCacheWriteTokens]: record.cache_write_tokens,
    [names.rbReasoningTokens]: record.reasoning_tokens,
    [names.rbCostUsd]: usdOf(record.cost_usd),
    [names.rbCostSource]: unless(record.cost_source, 'none'),
    [names.rbWastedUsd]: usdOf(record.wasted_usd),
    [names.rbCacheDiscountUsd]: usdOf(record.cache_discount_usd),
    [names.rbPriceVersion]: record.price_version,
  }
}
