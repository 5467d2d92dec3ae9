import { hash64 } from '../core/index.ts'
import { type RequestRecord, schemaVersion, sinceUs, toUs, usageColumns } from '../record/index.ts'
import type { StickyOutcome } from '../policy/index.ts'
import { type ApiError, faultOf } from './api-error.ts'
import { errorTypeOf, faultOfExchange } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import { backoffNs, busyNs, busyOrQueuedNs, queuedNs } from './attempt-spans.ts'
import type { Call } from './call.ts'
import type { Charge } from './charge.ts'
import type { ChatRequest } from './chat-request.ts'
import { sumKnown, unknownReasonOf } from './cost.ts'
import { fallbackColumns } from './fallback-columns.ts'
import type { Caller } from './keys/key-ring.ts'
import type { PipelineStage } from './plugins/pipeline-stage.ts'
import type { Sent } from './reply.ts'
import type { CachedAnswer } from './response-cache/cached-answer.ts'
import type { Route } from './route.ts'

/** Everything known when a request has ended, whether it was routed or refused at the edge. */
export interface FinishedRequest {
  readonly call: Call
  /** null: not known, since its key was refused. */
  readonly caller: Caller | null
  /** As far as it could be read. */
  readonly requestedModel: string
  readonly stream: boolean
  /** null: refused before routing. */
  readonly routed: { readonly request: ChatRequest; readonly route: Route } | null
  readonly attempts: readonly Attempt[]
  readonly charge: Charge
  readonly sticky: StickyOutcome
  /** What the response cache did; left out: `off`. */
  readonly responseCache?: 'off' | 'miss' | 'hit'
  /** The stored answer that was given again. */
  readonly cached?: CachedAnswer
  /** What plugins did; left out: nothing. */
  readonly pipeline?: readonly PipelineStage[]
  /** What the caller was told; null: an answer, or nothing because the caller had gone. */
  readonly error: ApiError | null
  /** The caller went away before its answer had ended; left out: it did not. */
  readonly hasLeft?: boolean
  readonly sent: Sent
  /** Monotonic nanoseconds. */
  readonly endedNs: number
}

/** The router's row of a finished request. Pure. */
export function requestRecord(finished: FinishedRequest): RequestRecord {
  const { call, attempts, pipeline = [] } = finished
  const winner = attempts.find(a => a.isWinner)
  return {
    ts: call.receivedEpochUs,
    vantage: 'router',
    ...identityColumns(finished),
    ...servedColumns(winner, finished.cached),
    ...outcomeColumns(finished),
    ...fallbackColumns(attempts),
    ...routingColumns(finished),
    ...timeColumns(finished, winner),
    ...usageColumns(winner?.exchange.usage ?? null),
    ...costColumns(finished, winner),
    checks: 0,
    checks_failed: 0,
    failed_check: '',
    tags: {},
    schema_version: schemaVersion,
    response_cache: finished.responseCache ?? 'off',
    pipeline: pipeline.length > 0 ? JSON.stringify(pipeline) : '',
    service_tier: tierOf(winner),
    queue_us: toUs(queuedNs(attempts)),
  }
}

function routingColumns({ routed, sticky }: FinishedRequest) {
  return {
    task: routed?.request.task ?? '',
    sticky: sticky.result,
    sticky_reason: sticky.reason,
    sticky_key_source: routed?.route.explanation.sticky.key_source ?? '',
    prompt_hash: routed?.request.promptHash ?? 0n,
    prefix_hash: routed?.request.prefixHash ?? 0n,
  }
}

/** The tier that served; empty for the default one. */
function tierOf(winner: Attempt | undefined): string {
  const tier = winner?.candidate.endpoint.tier ?? 'default'
  return tier === 'default' ? '' : tier
}

function servedColumns(winner: Attempt | undefined, cached: CachedAnswer | undefined) {
  const text = winner?.exchange.text ?? ''
  const output = { output_hash: text === '' ? 0n : hash64(text), output_bytes: Buffer.byteLength(text) }
  if (!winner) {
    const { model = '', provider = '', endpoint = '' } = cached?.served ?? {}
    const upstream = { upstream_id: cached?.sourceId ?? '' }
    return {
      served_model: model,
      served_provider: provider,
      served_endpoint: endpoint,
      ...upstream,
      ...output,
    }
  }
  const { endpoint } = winner.candidate
  return {
    served_model: endpoint.modelId,
    served_provider: endpoint.provider.id,
    served_endpoint: endpoint.id,
    upstream_id: winner.exchange.answerId,
    ...output,
  }
}

function identityColumns({ call, caller, routed, requestedModel, stream }: FinishedRequest) {
  return {
    caller_key: caller?.name ?? '',
    run_id: call.runId,
    scenario: call.scenario,
    arm: call.arm,
    phase: call.phase,
    request_id: call.requestId,
    item_id: call.itemId,
    trace_id: call.traceId,
    span_id: call.spanId,
    parent_span_id: call.parentSpanId,
    session_id: routed?.request.sessionId || call.sessionHeader,
    turn: call.turn,
    operation: call.operation,
    stream,
    target: 'router',
    requested_model: requestedModel,
    route_policy: routed?.route.decision.policy ?? '',
    decision: routed ? JSON.stringify(routed.route.explanation) : '',
  }
}

/** The last attempt decides; without one, what the caller was told. */
function outcomeColumns({ attempts, error, hasLeft, sent, cached }: FinishedRequest) {
  const last = attempts.at(-1)?.exchange
  if (cached) return fromCache
  // Whoever leaves between two attempts has canceled, whatever became of the last one.
  if (!last || (hasLeft && last.outcome.kind !== 'ok')) {
    return {
      outcome: error ? 'error' : 'canceled',
      fault: error ? faultOf(error) : 'client',
      error_type: error?.errorType ?? 'canceled',
      http_status: sent.status,
      finish_reason: '',
    } as const
  }
  return {
    outcome: last.outcome.kind,
    fault: faultOfExchange(last),
    error_type: errorTypeOf(last),
    http_status: sent.status,
    finish_reason: last.finishReason,
  }
}

const fromCache = {
  outcome: 'ok',
  fault: 'none',
  error_type: '',
  http_status: 200,
  finish_reason: '',
} as const

/** Stamps of tokens are the winner's, taken on its bytes, counted from the moment the request came in. */
function timeColumns({ call, attempts, sent, endedNs }: FinishedRequest, winner: Attempt | undefined) {
  const { receivedNs } = call
  const totalNs = endedNs - receivedNs
  const upstreamNs = busyNs(attempts)
  return {
    sched_lag_us: 0,
    latency_us: toUs(totalNs),
    response_us: toUs(totalNs),
    upstream_us: toUs(upstreamNs),
    router_us: toUs(totalNs - busyOrQueuedNs(attempts) - backoffNs(attempts)),
    headers_us: sinceUs(receivedNs, sent.headNs),
    ttfb_us: sinceUs(receivedNs, sent.firstByteNs),
    first_comment_us: sinceUs(receivedNs, sent.firstCommentNs),
    ...tokenTimes(receivedNs, winner),
  }
}

function tokenTimes(receivedNs: number, winner: Attempt | undefined) {
  if (!winner) return noTokenTimes
  const { stamps, connection } = winner.exchange
  return {
    ttft_us: sinceUs(receivedNs, stamps.firstTokenNs),
    ttft_visible_us: sinceUs(receivedNs, stamps.firstVisibleNs),
    first_tool_us: sinceUs(receivedNs, stamps.firstToolNs),
    last_token_us: sinceUs(receivedNs, stamps.lastTokenNs),
    max_gap_us: sinceUs(0, stamps.maxGapNs),
    chunks: stamps.chunks,
    connect_us: toUs(connection.connectNs),
    conn_reused: connection.reused,
  }
}

const noTokenTimes = {
  ttft_us: null,
  ttft_visible_us: null,
  first_tool_us: null,
  last_token_us: null,
  max_gap_us: null,
  chunks: 0,
  connect_us: 0,
  conn_reused: false,
} as const

/** Conservation: `cost_usd` is the sum over all attempts, and unknown as soon as one of them is. */
function costColumns({ attempts, charge }: FinishedRequest, winner: Attempt | undefined) {
  const billed = sumKnown(attempts.map(a => a.cost.billed))
  const source = attempts.some(a => a.cost.source === 'provider') ? 'provider' : 'local'
  return {
    cost_source: billed === null ? 'none' : source,
    cost_usd: billed,
    cost_unknown_reason: unknownReasonOf(attempts),
    charged_usd: charge.charged,
    cost_local_usd: sumKnown(attempts.map(a => a.cost.local?.total ?? freeOrUnknown(a))),
    cost_nocache_usd: winner?.cost.local?.withoutCache ?? null,
    cache_discount_usd: winner?.cost.local?.cacheDiscount ?? null,
    wasted_usd: sumKnown(attempts.filter(a => !a.isWinner).map(a => a.cost.billed)),
    price_version: winner?.candidate.endpoint.price.version ?? '',
  } as const
}

function freeOrUnknown({ cost }: Attempt): bigint | null {
  return cost.billed === 0n ? 0n : null
}
