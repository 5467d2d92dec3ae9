import type { TelemetryResource } from './span-value.ts'

/**
 * Attribute names of spans; no other file knows one. `gen_ai.*` are the newest names of OpenTelemetry's
 * semantic-conventions-genai repository (all in development, no tagged release); `gen_ai.usage.cost.*` follows
 * its proposal 443. What they lack is in our own namespace `rb.`.
 */
export const names = {
  operation: 'gen_ai.operation.name',
  /** Telemetry dialect of the provider; its catalogue id is in `rbProvider`. */
  provider: 'gen_ai.provider.name',
  conversation: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  /** Seconds to the first chunk that carries a token: comments and role-only chunks do not count. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  costAmount: 'gen_ai.usage.cost.amount',
  costCurrency: 'gen_ai.usage.cost.currency',
  costSource: 'gen_ai.usage.cost.source',
  errorType: 'error.type',
  httpStatus: 'http.response.status_code',

  rbRequestId: 'rb.request.id',
  rbRunId: 'rb.run.id',
  rbScenario: 'rb.scenario',
  rbArm: 'rb.arm',
  rbPhase: 'rb.phase',
  rbItemId: 'rb.item.id',
  rbTurn: 'rb.turn',
  rbTarget: 'rb.target',
  rbOutcome: 'rb.outcome',
  rbFault: 'rb.fault',
  rbProvider: 'rb.provider',
  rbEndpoint: 'rb.endpoint',
  rbPolicy: 'rb.route.policy',
  rbAttempts: 'rb.attempts',
  rbFallback: 'rb.fallback',
  rbFallbackCause: 'rb.fallback.cause',
  rbSticky: 'rb.sticky.result',
  rbScheduleLagMs: 'rb.sched.lag_ms',
  rbRouterOverheadMs: 'rb.router.overhead_ms',
  rbInputTokens: 'rb.usage.input_tokens',
  rbOutputTokens: 'rb.usage.output_tokens',
  rbCacheReadTokens: 'rb.usage.cache_read_tokens',
  rbCacheWriteTokens: 'rb.usage.cache_write_tokens',
  rbReasoningTokens: 'rb.usage.reasoning_tokens',
  rbCostUsd: 'rb.cost.usd',
  rbCostSource: 'rb.cost.source',
  rbWastedUsd: 'rb.cost.wasted_usd',
  rbCacheDiscountUsd: 'rb.cache.discount_usd',
  rbPriceVersion: 'rb.price.version',
  rbAttemptNo: 'rb.attempt.no',
  rbAttemptKind: 'rb.attempt.kind',
  rbAttemptWinner: 'rb.attempt.winner',
  rbAttemptReason: 'rb.attempt.reason',
  rbBackoffMs: 'rb.attempt.backoff_ms',
  rbRetryAfterMs: 'rb.retry_after_ms',
  rbBreaker: 'rb.breaker',
  rbKeyAlias: 'rb.key.alias',
} as const

/** Instrumentation scope of all our spans. */
export const scopeName = 'routebench'

/** Day of the GenAI conventions that `names` follows; they have no version of their own yet. */
const conventionsDate = '2026-09-16'

/** Our provider ids that OpenTelemetry has a well-known name for; all others go out as they are. */
const wellKnownProviders: ReadonlyMap<string, string> = new Map([
  ['amazon-bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['google-ai-studio', 'gcp.gemini'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['moonshotai', 'moonshot_ai'],
  ['xai', 'x_ai'],
])

/** OpenTelemetry's name of a provider. Pure. */
export function providerName(providerId: string): string {
  return wellKnownProviders.get(providerId) ?? providerId
}

/** All attributes of a resource, by OpenTelemetry's names. Pure. */
export function resourceAttributes(resource: TelemetryResource): Readonly<Record<string, string>> {
  return {
    ...resource.attributes,
    'service.name': resource.serviceName,
    'service.version': resource.serviceVersion,
    'rb.semconv.gen_ai': conventionsDate,
  }
}
