import { type PicoUsd, parseUsd, picoPerUsd } from '../../core/index.ts'
import type { Usage } from '../../record/index.ts'
import { asCount, asObject } from '../json.ts'

/**
 * Reads an OpenAI-style `usage` object into the inclusive convention.
 *
 * `prompt_tokens` includes cached and written tokens and `completion_tokens` includes reasoning (OpenAI,
 * OpenRouter, DeepSeek, Groq). DeepSeek's `prompt_cache_hit_tokens` is read where details are missing.
 *
 * @returns null when the counts are missing, beyond 32 bits or contradict each other (more tokens cached and
 *   written than came in): that is unknown, never 0 and never a guess.
 */
export function readUsage(value: unknown): Usage | null {
  const usage = asObject(value)
  if (!usage) return null
  const inputTokens = asCount(usage['prompt_tokens'])
  const outputTokens = asCount(usage['completion_tokens'])
  if (inputTokens === null || outputTokens === null) return null
  const prompt = asObject(usage['prompt_tokens_details']) ?? {}
  const completion = asObject(usage['completion_tokens_details']) ?? {}
  const counts = {
    inputTokens,
    outputTokens,
    cacheReadTokens: asCount(prompt['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']) ?? 0,
    cacheWriteTokens: asCount(prompt['cache_write_tokens']) ?? 0,
    reasoningTokens: asCount(completion['reasoning_tokens']) ?? 0,
  }
  if (Object.values(counts).some(count => count > maxTokens)) return null
  if (counts.cacheReadTokens + counts.cacheWriteTokens > inputTokens) return null
  return { ...counts, reportedCost: readCost(usage['cost']) }
}

/** What a record's column holds. */
const maxTokens = 2 ** 32 - 1
/** A million USD, the first amount that a record's column does not hold. */
const tooMuch: PicoUsd = picoPerUsd * 10n ** 6n
/** Longer texts are no amount of money. */
const maxCostChars = 64

/** The cost an answer names; null when it is negative or a million USD and more, which no answer costs. */
function readCost(cost: unknown): PicoUsd | null {
  const amount = parseCost(cost)
  return amount !== null && amount >= 0n && amount < tooMuch ? amount : null
}

/** Costs arrive as JSON numbers, rarely as text; rounding to 12 places removes the float's noise. */
function parseCost(cost: unknown): PicoUsd | null {
  if (typeof cost === 'string') return cost.length > maxCostChars ? null : parseUsd(cost)
  return typeof cost === 'number' && Number.isFinite(cost) ? parseUsd(cost.toFixed(12)) : null
}
