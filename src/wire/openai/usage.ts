import { type JsonObject, type PicoUsd, parseUsd, picoPerUsd } from '../../core/index.ts'
import type { Usage } from '../../record/index.ts'
import { asObject } from '../json.ts'

/**
 * Reads an OpenAI-style `usage` object into the inclusive convention, whatever the dialect (docs/cost.md lists them):
 * cached tokens under several names, writes with or without their lifetime, cached and written tokens inside
 * `prompt_tokens` or beside it, and reasoning inside `completion_tokens` or beside it, which `total_tokens` tells. Pure.
 *
 * @returns null where there is none. `invalid` when prompt or completion is missing, a count is negative, no whole number
 *   or beyond 32 bits, or counts contradict each other or the total: that is unknown, never 0 and never a guess.
 */
export function readUsage(value: unknown): Usage | 'invalid' | null {
  if (value === undefined || value === null) return null
  const usage = asObject(value)
  if (!usage) return 'invalid'
  const prompt = promptCounts(usage)
  const counts = countsWith(prompt, usage) ?? countsWith(withCacheBeside(prompt, usage), usage)
  return counts ? { ...counts, reportedCost: readCost(usage['cost']) } : 'invalid'
}

type PromptCounts = ReturnType<typeof promptCounts>

/** All counts under one reading of the prompt; null when they contradict it or each other. */
function countsWith(prompt: PromptCounts, usage: JsonObject): Omit<Usage, 'reportedCost'> | null {
  const counts = { ...prompt, ...completionCounts(usage, prompt.inputTokens) }
  const isValid = Object.values(counts).every(count => count <= maxTokens)
  const isWithin = counts.cacheReadTokens + counts.cacheWriteTokens <= counts.inputTokens
  return isValid && isWithin ? counts : null
}

/** As hosts of Claude may pass Anthropic's counts on: only a total can tell, so without one nothing is read so. */
function withCacheBeside(prompt: PromptCounts, usage: JsonObject): PromptCounts {
  const hasTotal = countOf(usage['total_tokens']) !== null
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = prompt
  return { ...prompt, inputTokens: hasTotal ? inputTokens + cacheReadTokens + cacheWriteTokens : wrong }
}

/** What a record's column holds. */
const maxTokens = 2 ** 32 - 1
/** A million USD, the first amount that a record's column does not hold. */
const tooMuch: PicoUsd = picoPerUsd * 10n ** 6n
/** Longer texts are no amount of money. */
const maxCostChars = 64

/** In all counts below NaN stands for one that cannot be right; it spreads through sums, and no comparison holds for it. */
const wrong = Number.NaN

function promptCounts(usage: JsonObject) {
  const details = asObject(usage['prompt_tokens_details']) ?? {}
  const inputTokens = countOf(usage['prompt_tokens']) ?? wrong
  const hits = countOf(usage['prompt_cache_hit_tokens'])
  const misses = countOf(usage['prompt_cache_miss_tokens'])
  const read = theOne([
    countOf(details['cached_tokens']),
    hits,
    countOf(usage['cached_tokens']),
    countOf(usage['cache_read_input_tokens']),
  ])
  const isSplitRight = hits === null || misses === null || hits + misses === inputTokens
  const imageTokens = countOf(details['image_tokens'])
  return {
    inputTokens: isSplitRight ? inputTokens : wrong,
    cacheReadTokens: read,
    ...writtenCounts(usage, details),
    audioTokens: countOf(details['audio_tokens']) ?? 0,
    ...(imageTokens !== null && { imageTokens }),
  }
}

/** Written tokens as one number, as Anthropic's split by lifetime, or as both; then they must agree. */
function writtenCounts(usage: JsonObject, details: JsonObject) {
  const split = asObject(usage['cache_creation'])
  const fiveMinutes = countOf(split?.['ephemeral_5m_input_tokens']) ?? 0
  const hour = countOf(split?.['ephemeral_1h_input_tokens']) ?? 0
  const cacheWriteTokens = theOne([
    countOf(details['cache_write_tokens']),
    countOf(usage['cache_creation_input_tokens']),
    split && fiveMinutes + hour,
  ])
  return { cacheWriteTokens, cacheWrite1hTokens: hour }
}

/** `total_tokens` tells whether reasoning is inside the completion (most providers) or beside it (xAI). */
function completionCounts(usage: JsonObject, inputTokens: number) {
  const details = asObject(usage['completion_tokens_details']) ?? {}
  const completion = countOf(usage['completion_tokens']) ?? wrong
  const reasoningTokens = countOf(details['reasoning_tokens']) ?? 0
  const audioOutputTokens = countOf(details['audio_tokens']) ?? 0
  const total = countOf(usage['total_tokens']) ?? inputTokens + completion
  const isInside = total === inputTokens + completion && reasoningTokens + audioOutputTokens <= completion
  const isBeside = total === inputTokens + completion + reasoningTokens
  const beside = isBeside ? completion + reasoningTokens : wrong
  return { outputTokens: isInside ? completion : beside, reasoningTokens, audioOutputTokens }
}

/** A count; null where there is none. */
function countOf(value: unknown): number | null {
  if (value === undefined || value === null) return null
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : wrong
}

/** One number that may come under several names, which must agree; 0 when none of them is there. */
function theOne(told: readonly (number | null)[]): number {
  const [first = 0, ...others] = told.filter(count => count !== null)
  return others.every(count => count === first) ? first : wrong
}

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
