import type { Usage } from './usage.ts'

/** The token columns of a request or an attempt; null where the answer named no usage. Pure. */
export function usageColumns(usage: Usage | null) {
  if (!usage) return unknownUsage
  return {
    usage_source: 'provider',
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens ?? 0,
    audio_tokens: usage.audioTokens ?? 0,
  } as const
}

const unknownUsage = {
  usage_source: 'none',
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
  cache_write_1h_tokens: null,
  audio_tokens: null,
} as const
