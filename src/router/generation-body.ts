import type { JsonObject } from '../core/index.ts'
import type { Usage } from '../record/index.ts'
import { asText } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import { toMs } from './metadata.ts'
import type { FinishedRequest } from './request-record.ts'
import { cachedFields } from './response-cache/cached-fields.ts'
import { toNumber } from './usage-body.ts'

/**
 * What `GET /generation` tells about a finished request in OpenRouter's shape (docs/router.md, Routes). Pure.
 *
 * OpenRouter's schema has no place for an unknown cost: then `total_cost` and `usage` are what it is at least, and
 * `cost_is_known` is false.
 */
export function generationBody(finished: FinishedRequest): JsonObject {
  const { call, attempts, charge, endedNs } = finished
  const winner = attempts.find(a => a.isWinner)
  const cost = toNumber(charge.charged ?? charge.held)
  return {
    id: call.generationId,
    request_id: call.requestId,
    ...(winner ? servedFields(winner) : unservedFields(finished)),
    ...tokenFields(winner?.exchange.usage ?? null),
    ...originFields(finished),
    ...(finished.cached && cachedFields(finished.cached)),
    created_at: new Date(call.receivedEpochUs / 1000).toISOString(),
    data_region: 'global',
    api_type: 'completions',
    streamed: finished.stream,
    cancelled: finished.hasLeft === true || attempts.at(-1)?.failure?.ends === 'canceled',
    is_byok: false,
    total_cost: cost,
    usage: cost,
    cost_is_known: charge.charged !== null,
    latency: toMs(endedNs - call.receivedNs),
    provider_responses: attempts.map(providerResponse),
    ...neverKnown,
  }
}

/** Of features that the router does not have. */
const neverKnown = {
  app_id: null,
  preset_id: null,
  workspace_id: null,
  upstream_inference_cost: null,
  native_tokens_completion_images: null,
  num_media_prompt: null,
  num_media_completion: null,
  num_input_audio_prompt: null,
  num_search_results: null,
  num_fetches: null,
  web_search_engine: null,
  moderation_latency: null,
} as const

function originFields({ call, routed, requestedModel }: FinishedRequest): JsonObject {
  const strategy = routed?.route.explanation.strategy
  return {
    origin: call.referer,
    http_referer: call.referer || null,
    user_agent: call.userAgent || null,
    external_user: asText(routed?.request.body['user']) || null,
    session_id: routed?.request.sessionId || call.sessionHeader || null,
    router: strategy === 'auto' || strategy === 'free' ? requestedModel : null,
  }
}

function servedFields({ exchange, candidate: { endpoint }, cost }: Attempt): JsonObject {
  const { stamps } = exchange
  const hasCachePrice = endpoint.price.cacheRead !== null || endpoint.price.cacheWrite !== null
  return {
    model: endpoint.modelId,
    provider_name: endpoint.provider.name,
    upstream_id: exchange.answerId || null,
    finish_reason: exchange.finishReason || null,
    native_finish_reason: exchange.nativeFinishReason || null,
    service_tier: endpoint.tier === 'default' ? null : endpoint.tier,
    // null without cache prices, 0 where nothing was cached: the two are not the same.
    cache_discount: hasCachePrice ? toNumber(cost.local?.cacheDiscount ?? null) : null,
    generation_time: toMs(stamps.closedNs - stamps.sentNs),
  }
}

/** Nobody answered: the model is the one that was tried last. */
function unservedFields({ attempts, requestedModel }: FinishedRequest): JsonObject {
  return {
    model: attempts.at(-1)?.candidate.endpoint.modelId ?? requestedModel,
    provider_name: null,
    upstream_id: null,
    finish_reason: null,
    native_finish_reason: null,
    service_tier: null,
    cache_discount: null,
    generation_time: null,
  }
}

/** As the provider counted; OpenRouter's other count, by one tokenizer for all models, is the same here. */
function tokenFields(usage: Usage | null): JsonObject {
  const prompt = usage?.inputTokens ?? null
  const completion = usage?.outputTokens ?? null
  return {
    tokens_prompt: prompt,
    tokens_completion: completion,
    native_tokens_prompt: prompt,
    native_tokens_completion: completion,
    native_tokens_reasoning: usage?.reasoningTokens ?? null,
    native_tokens_cached: usage?.cacheReadTokens ?? null,
  }
}

function providerResponse({ candidate: { endpoint }, exchange }: Attempt): JsonObject {
  return {
    endpoint_id: endpoint.id,
    ...(exchange.answerId !== '' && { id: exchange.answerId }),
    provider_name: endpoint.provider.name,
    model_permaslug: endpoint.modelId,
    status: exchange.status || null,
    latency: toMs(exchange.stamps.closedNs - exchange.stamps.sentNs),
    is_byok: false,
    ...(endpoint.tier !== 'default' && { routed_service_tier: endpoint.tier }),
  }
}
