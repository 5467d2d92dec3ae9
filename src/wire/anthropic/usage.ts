import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject } from '../json.ts'

/** Stands for a count that cannot be right: what reads it finds the whole usage invalid. */
const wrong = Number.NaN

/**
 * Anthropic's usage in OpenAI's shape. Its `input_tokens` leave out what was read from and written to caches; its
 * `output_tokens` contain thinking. Pure. Counts that are missing or no numbers make it one that cannot be.
 */
export function openaiUsage(usage: JsonObject): JsonObject {
  const read = countOf(usage['cache_read_input_tokens'])
  const written = countOf(usage['cache_creation_input_tokens'])
  const input = usage['input_tokens'] === undefined ? wrong : countOf(usage['input_tokens'])
  const output = usage['output_tokens'] === undefined ? wrong : countOf(usage['output_tokens'])
  const thinking = asObject(usage['output_tokens_details'])?.['thinking_tokens']
  const isOneCall = asArray(usage['iterations']).every(one => asObject(one)?.['type'] === 'message')
  return {
    // Compaction and a fallback to another model are billed beside the counts above, at prices of their own.
    prompt_tokens: isOneCall ? input + read + written : wrong,
    completion_tokens: output,
    total_tokens: isOneCall ? input + read + written + output : wrong,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: thinking ?? 0 },
    cache_creation: lifetimes(usage, written),
  }
}

/** Written tokens by lifetime. The split comes at a stream's beginning, and the sum may grow until its end. */
function lifetimes(usage: JsonObject, written: number): JsonObject {
  const split = asObject(usage['cache_creation'])
  const short = countOf(split?.['ephemeral_5m_input_tokens'])
  const long = countOf(split?.['ephemeral_1h_input_tokens'])
  const isGrown = short + long < written
  // All of one lifetime so far: later ones come from the same marks. Of both, the rest is not known.
  if (isGrown && long === 0) return { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 }
  if (isGrown && short === 0) return { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: written }
  return { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long }
}

function countOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  return typeof value === 'number' ? value : wrong
}
