import type { JsonObject } from '../core/index.ts'
import type { Attempt } from './attempt.ts'
import { sumKnown } from './cost.ts'
import { toMs } from './metadata.ts'
import type { FinishedRequest } from './request-record.ts'
import { toNumber } from './usage-body.ts'

/** What `GET /generation` tells about a finished request in OpenRouter's shape. Pure. */
export function generationBody(finished: FinishedRequest): JsonObject {
  const { call, attempts, endedNs } = finished
  const winner = attempts.find(a => a.isWinner)
  const cost = toNumber(sumKnown(attempts.map(a => a.cost.billed)))
  return {
    id: call.generationId,
    request_id: call.requestId,
    ...winnerFields(winner),
    created_at: new Date(call.receivedEpochUs / 1000).toISOString(),
    session_id: finished.routed?.request.sessionId || call.sessionHeader || null,
    api_type: 'completions',
    streamed: finished.stream,
    cancelled: attempts.at(-1)?.failure === 'canceled',
    is_byok: false,
    total_cost: cost,
    usage: cost,
    latency: toMs(endedNs - call.receivedNs),
    provider_responses: attempts.map(({ candidate: { endpoint }, exchange }) => ({
      endpoint_id: endpoint.id,
      id: exchange.answerId,
      provider_name: endpoint.provider.name,
      model_permaslug: endpoint.modelId,
      status: exchange.status || null,
      latency: toMs(exchange.stamps.closedNs - exchange.stamps.sentNs),
      is_byok: false,
    })),
  }
}

function winnerFields(winner: Attempt | undefined): JsonObject {
  if (!winner) return { upstream_id: null, model: null, provider_name: null, cache_discount: null }
  const { exchange, candidate, cost } = winner
  const { stamps } = exchange
  const { price, modelId, provider } = candidate.endpoint
  const hasCachePrice = price.cacheRead !== null || price.cacheWrite !== null
  return {
    upstream_id: exchange.answerId,
    model: modelId,
    provider_name: provider.name,
    finish_reason: exchange.finishReason || null,
    native_finish_reason: exchange.nativeFinishReason || null,
    ...tokenFields(winner),
    // null without cache prices, 0 where nothing was cached: the two are not the same.
    cache_discount: hasCachePrice ? toNumber(cost.local?.cacheDiscount ?? null) : null,
    generation_time: toMs(stamps.closedNs - stamps.sentNs),
  }
}

function tokenFields({ exchange: { usage } }: Attempt): JsonObject {
  if (!usage) return { tokens_prompt: null, tokens_completion: null }
  return {
    tokens_prompt: usage.inputTokens,
    tokens_completion: usage.outputTokens,
    native_tokens_prompt: usage.inputTokens,
    native_tokens_completion: usage.outputTokens,
    native_tokens_reasoning: usage.reasoningTokens,
    native_tokens_cached: usage.cacheReadTokens,
  }
}
