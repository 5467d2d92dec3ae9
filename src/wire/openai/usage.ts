import { type PicoUsd, parseUsd } from '../../core/index.ts'
import type { Usage } from '../../record/index.ts'
import { asCount, asObject } from '../json.ts'

/**
 * Reads an OpenAI-style `usage` object into the inclusive convention.
 *
 * `prompt_tokens` includes cached and written tokens and `completion_tokens` includes reasoning (OpenAI,
 * OpenRouter, DeepSeek, Groq). DeepSeek's `prompt_cache_hit_tokens` is read where details are missing.
 *
 * @returns null when the counts are missing: missing is unknown, never 0.
 */
export function readUsage(value: unknown): Usage | null {
  const usage = asObject(value)
  if (!usage) return null
  const inputTokens = asCount(usage['prompt_tokens'])
  const outputTokens = asCount(usage['completion_tokens'])
  if (inputTokens === null || outputTokens === null) return null
  const prompt = asObject(usage['prompt_tokens_details']) ?? {}
  const completion = asObject(usage['completion_tokens_details']) ?? {}
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: asCount(prompt['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']) ?? 0,
    cacheWriteTokens: asCount(prompt['cache_write_tokens']) ?? 0,
    reasoningTokens: asCount(completion['reasoning_tokens']) ?? 0,
    reportedCost: readCost(usage['cost']),
  }
}

/** Costs arrive as JSON numbers, rarely as text; rounding to 12 places removes the float's noise. */
function readCost(cost: unknown): PicoUsd | null {
  if (typeof cost === 'string') return parseUsd(cost)
  return typeof cost === 'number' && Number.isFinite(cost) ? parseUsd(cost.toFixed(12)) : null
}
