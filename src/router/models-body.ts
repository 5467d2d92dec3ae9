import type { Endpoint, Model } from '../catalog/index.ts'
import { formatUsd, type JsonObject } from '../core/index.ts'
import type { EndpointHealth } from '../policy/index.ts'

/** One entry of `GET /models`: the price is that of the endpoint with the cheapest prompt. Pure. */
export function modelBody(model: Model): JsonObject {
  const cheapest = model.endpoints.toSorted((a, b) => Number(a.price.input - b.price.input))[0]
  return {
    ...headOf(model),
    canonical_slug: model.id,
    context_length: model.contextTokens,
    pricing: cheapest ? pricingOf(cheapest) : null,
    top_provider: {
      context_length: model.contextTokens,
      max_completion_tokens: model.maxOutputTokens,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: [...new Set(model.endpoints.flatMap(e => [...e.supportedParameters]))].toSorted(),
    default_parameters: null,
    links: { details: `/api/v1/models/${model.id}/endpoints` },
  }
}

/** The `data` of `GET /models/{author}/{slug}/endpoints`. Pure. */
export function endpointsBody(model: Model, health: (endpointId: string) => EndpointHealth): JsonObject {
  return { ...headOf(model), endpoints: model.endpoints.map(e => endpointBody(model, e, health(e.id))) }
}

function headOf({ id, name, inputModalities, tokenizer }: Model): JsonObject {
  return {
    id,
    name,
    created: 0,
    description: '',
    architecture: {
      input_modalities: inputModalities,
      output_modalities: ['text'],
      tokenizer,
      instruct_type: null,
      modality: `${inputModalities.join('+')}->text`,
    },
  }
}

function endpointBody(model: Model, endpoint: Endpoint, health: EndpointHealth): JsonObject {
  return {
    name: `${endpoint.provider.name}: ${model.name}`,
    model_id: model.id,
    model_name: model.name,
    provider_name: endpoint.provider.name,
    tag: endpoint.provider.id,
    endpoint_id: endpoint.id,
    context_length: endpoint.contextTokens,
    max_completion_tokens: endpoint.maxOutputTokens,
    max_prompt_tokens: null,
    pricing: pricingOf(endpoint),
    quantization: endpoint.quantization,
    supported_parameters: [...endpoint.supportedParameters],
    supports_implicit_caching: endpoint.cache.mode === 'implicit',
    status: health.recentErrors > health.recentSuccesses ? -1 : 0,
    // Measured windows come from the store; the router itself keeps only what routing needs.
    uptime_last_30m: null,
    latency_last_30m: null,
    throughput_last_30m: null,
  }
}

function pricingOf({ price }: Endpoint): JsonObject {
  return {
    prompt: formatUsd(price.input),
    completion: formatUsd(price.output),
    request: formatUsd(price.request),
    ...(price.cacheRead !== null && { input_cache_read: formatUsd(price.cacheRead) }),
    ...(price.cacheWrite !== null && { input_cache_write: formatUsd(price.cacheWrite) }),
  }
}
