import { hash64 } from '../core/index.ts'
import { type RequestRecord, schemaVersion, sinceUs, toUs, usageColumns } from '../record/index.ts'
import type { StickyOutcome } from '../policy/index.ts'
import { type ApiError, faultOf } from './api-error.ts'
import { errorTypeOf, faultOfExchange } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { Call } from './call.ts'
import type { Charge } from './charge.ts'
import type { ChatRequest } from './chat-request.ts'
import { sumKnown } from './cost.ts'
import type { Caller } from './keys/key-ring.ts'
import type { Sent } from './reply.ts'
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
  /** What the caller was told; null: an answer, or nothing because the caller had gone. */
  readonly error: ApiError | null
  readonly sent: Sent
  /** Monotonic nanoseconds. */
  readonly endedNs: number
}

/** The router's row of a finished request. Pure. */
export function requestRecord(finished: FinishedRequest): RequestRecord {
  const { call, routed, attempts } = finished
  const winner = attempts.find(a => a.isWinner)
  return {
    ts: call.receivedEpochUs,
    vantage: 'router',
    ...identityColumns(finished),
    ...servedColumns(winner),
    ...outcomeColumns(finished),
    ...fallbackColumns(attempts),
    sticky: finished.sticky.result,
    sticky_key_source: routed?.route.explanation.sticky.key_source ?? '',
    ...timeColumns(finished, winner),
    ...usageColumns(winner?.exchange.usage ?? null),
    ...costColumns(attempts, winner),
    prompt_hash: routed?.request.promptHash ?? 0n,
    prefix_hash: routed?.request.prefixHash ?? 0n,
    checks: 0,
    checks_failed: 0,
    failed_check: '',
    tags: {},
    schema_version: schemaVersion,
    caller_key: finished.caller?.name ?? '',
    task: '',
    sticky_reason: finished.sticky.reason,
    response_cache: 'off',
    pipeline: '',
    service_tier: '',
    queue_us: 0,
    charged_usd: finished.charge.charged,
    cost_unknown_reason: '',
  }
}

function servedColumns(winner: Attempt | undefined) {
  const text = winner?.exchange.text ?? ''
  const output = { output_hash: text === '' ? 0n : hash64(text), output_bytes: Buffer.byteLength(text) }
  if (!winner) {
    return { served_model: '', served_provider: '', served_endpoint: '', upstream_id: '', ...output }
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

function identityColumns({ call, routed, requestedModel, stream }: FinishedRequest) {
  return {
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
function outcomeColumns({ attempts, error, sent }: FinishedRequest) {
  const last = attempts.at(-1)?.exchange
  if (!last) {
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

function fallbackColumns(attempts: readonly Attempt[]) {
  const names = { primary: 'none', provider_fallback: 'provider', model_fallback: 'model' } as const
  const isOther = attempts.some(a => a.kind === 'model_fallback')
  const first = attempts[0]
  const fallback = isOther ? 'model' : names[attempts.at(-1)?.kind ?? 'primary']
  const cause = first?.failure ? errorTypeOf(first.exchange) : 'no_endpoints'
  return {
    attempts: Math.min(attempts.length, 255),
    fallback,
    fallback_cause: fallback === 'none' ? '' : cause,
    rate_limited: attempts.some(a => errorTypeOf(a.exchange) === 'rate_limit_exceeded'),
  } as const
}

/** Stamps of tokens are the winner's, taken on its bytes, counted from the moment the request came in. */
function timeColumns({ call, attempts, sent, endedNs }: FinishedRequest, winner: Attempt | undefined) {
  const { receivedNs } = call
  const totalNs = endedNs - receivedNs
  const upstreamNs = attempts.reduce((sum, { exchange: e }) => sum + e.stamps.closedNs - e.stamps.sentNs, 0)
  return {
    sched_lag_us: 0,
    latency_us: toUs(totalNs),
    response_us: toUs(totalNs),
    upstream_us: toUs(upstreamNs),
    router_us: toUs(totalNs - upstreamNs),
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
function costColumns(attempts: readonly Attempt[], winner: Attempt | undefined) {
  const billed = sumKnown(attempts.map(a => a.cost.billed))
  const source = attempts.some(a => a.cost.source === 'provider') ? 'provider' : 'local'
  return {
    cost_source: billed === null ? 'none' : source,
    cost_usd: billed,
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
