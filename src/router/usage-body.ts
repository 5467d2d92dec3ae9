import { formatUsd, type JsonObject, type PicoUsd } from '../core/index.ts'
import type { Attempt } from './attempt.ts'

/**
 * The `usage` object of an answer in OpenRouter's shape (docs/router.md, Cost).
 *
 * `cost` is what the caller is charged; null when that is not known. The parts in `cost_details` are the winner's,
 * computed from the catalogue price.
 *
 * @returns null when the winner's token counts are unknown.
 */
export function usageBody(winner: Attempt, charged: PicoUsd | null): JsonObject | null {
  const { usage } = winner.exchange
  const { local } = winner.cost
  if (!usage) return null
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: usage.audioTokens ?? 0,
      video_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens ?? 0,
      accepted_prediction_tokens: null,
      rejected_prediction_tokens: null,
    },
    cost: toNumber(charged),
    is_byok: false,
    // OpenRouter's SDK takes both parts as numbers or no details at all.
    ...(local && {
      cost_details: {
        upstream_inference_cost: null,
        upstream_inference_prompt_cost: toNumber(local.prompt),
        upstream_inference_completions_cost: toNumber(local.completion),
      },
    }),
    server_tool_use_details: noServerTools,
  }
}

/** The router runs no tools of its own. */
export const noServerTools: JsonObject = Object.freeze({
  web_search_requests: 0,
  tool_calls_requested: 0,
  tool_calls_executed: 0,
})

/** Amounts as JSON numbers, the one place where money is a float: the API says so. */
export function toNumber(amount: PicoUsd | null): number | null {
  return amount === null ? null : Number(formatUsd(amount))
}
