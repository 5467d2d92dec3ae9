import type { Endpoint, Model } from '../../catalog/index.ts'
import type { JsonObject } from '../../core/index.ts'
import type { EndpointHealth, HealthWindows } from '../../health/index.ts'
import { modelHead } from './model-body.ts'
import { pricingBody } from './pricing-body.ts'

/** What this router has measured of an endpoint, and whether it can call it. */
export interface EndpointState {
  readonly health: EndpointHealth
  readonly windows: HealthWindows
  /** false: it has no key for it, or does not speak its protocol. */
  readonly isCallable: boolean
}

type StateOf = (endpoint: Endpoint) => EndpointState

/** The `data` of `GET /models/{author}/{slug}/endpoints`. Pure. */
export function endpointsBody(model: Model, stateOf: StateOf): JsonObject {
  return { ...modelHead(model), endpoints: model.endpoints.map(e => endpointBody(model, e, stateOf(e))) }
}

/** One endpoint in OpenRouter's shape, with our id of it. Pure. */
export function endpointBody(model: Model, endpoint: Endpoint, state: EndpointState): JsonObject {
  return {
    name: `${endpoint.provider.name}: ${model.name}`,
    model_id: model.id,
    model_name: model.name,
    provider_name: endpoint.provider.name,
    tag: endpoint.tag,
    endpoint_id: endpoint.id,
    context_length: endpoint.contextTokens,
    max_completion_tokens: endpoint.maxOutputTokens,
    max_prompt_tokens: null,
    pricing: pricingBody(endpoint.price),
    quantization: endpoint.quantization,
    supported_parameters: [...endpoint.supportedParameters],
    supports_implicit_caching: endpoint.cache.mode === 'implicit',
    supports_tool_choice: toolChoiceBody(endpoint),
    supports_voice_cloning: false,
    status: statusOf(state),
    ...measuredBody(state.windows),
  }
}

function measuredBody(windows: HealthWindows): JsonObject {
  const { latency_last_30m: latency, throughput_last_30m: throughput, attempts_last_30m: count } = windows
  return {
    uptime_last_5m: windows.uptime_last_5m,
    uptime_last_30m: windows.uptime_last_30m,
    uptime_last_1d: windows.uptime_last_1d,
    latency_last_30m: latency,
    throughput_last_30m: throughput,
    // Everything this router sends is text generation.
    perf_last_30m_by_workload: { text_generation: { latency, throughput, request_count: count } },
    // Beyond OpenRouter: limits vanish from uptime, so the three rates stand together (docs/metrics.md).
    rate_limited_last_30m: windows.rate_limited_last_30m,
    available_last_30m: windows.available_last_30m,
    tool_calls_last_2h: windows.tool_calls_last_2h,
  }
}

/** By the catalogue, which knows whether the parameter is taken but not each of its values. */
function toolChoiceBody({ supportedParameters }: Endpoint): JsonObject {
  const takesChoice = supportedParameters.has('tool_choice')
  return {
    auto: takesChoice || supportedParameters.has('tools'),
    none: takesChoice,
    required: takesChoice,
    function: takesChoice,
  }
}

/**
 * OpenRouter's codes, whose meaning it does not document. Ours: 0 normal, -1 degraded, -2 down, -10 disabled here.
 * The bands are those of routing (router contract, section 7); with too few attempts for an uptime, a recent outage
 * degrades.
 */
function statusOf({ health, windows, isCallable }: EndpointState): 0 | -1 | -2 | -10 {
  if (!isCallable) return -10
  const uptime = windows.uptime_last_30m
  if (uptime === null) {
    return health.recentErrors > 0 && health.recentErrors >= health.recentSuccesses ? -1 : 0
  }
  if (uptime >= 95) return 0
  return uptime >= 80 ? -1 : -2
}
