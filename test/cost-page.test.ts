import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtinCatalog, type CostExample, workedCost } from './support/worked-cost.ts'

const examples: readonly CostExample[] = [
  {
    title: 'OpenAI: a cache read',
    endpoint: 'openai/gpt-4o',
    told: {
      prompt_tokens: 10_339,
      completion_tokens: 60,
      total_tokens: 10_399,
      prompt_tokens_details: { cached_tokens: 10_318 },
    },
  },
  {
    title: 'OpenAI: a prompt beyond the threshold',
    endpoint: 'openai/gpt-5.5',
    told: {
      prompt_tokens: 300_000,
      completion_tokens: 1000,
      total_tokens: 301_000,
      prompt_tokens_details: { cached_tokens: 200_000 },
      completion_tokens_details: { reasoning_tokens: 600 },
    },
  },
  {
    title: 'OpenAI: the flex tier',
    endpoint: 'openai/flex/gpt-5-mini',
    told: { prompt_tokens: 2000, completion_tokens: 500, total_tokens: 2500 },
  },
  {
    title: 'Anthropic: writes for five minutes and for an hour',
    endpoint: 'anthropic/claude-sonnet-4.6',
    told: {
      prompt_tokens: 10_000,
      completion_tokens: 100,
      total_tokens: 10_100,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 7000,
      cache_creation: { ephemeral_5m_input_tokens: 4000, ephemeral_1h_input_tokens: 3000 },
    },
  },
  {
    title: 'Gemini: audio and a cache',
    endpoint: 'google-ai-studio/gemini-2.5-flash',
    told: {
      inputTokens: 5000,
      outputTokens: 190,
      cacheReadTokens: 1024,
      cacheWriteTokens: 0,
      reasoningTokens: 185,
      audioTokens: 2000,
      audioCacheReadTokens: 0,
      reportedCost: null,
    },
  },
  {
    title: 'Gemini: cached audio that nobody told apart',
    endpoint: 'google-ai-studio/gemini-2.5-flash',
    told: {
      prompt_tokens: 5000,
      completion_tokens: 190,
      total_tokens: 5190,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 2000 },
    },
  },
  {
    title: 'DeepSeek: hits and misses',
    endpoint: 'deepseek/deepseek-v4-pro',
    told: {
      prompt_tokens: 339,
      completion_tokens: 83,
      total_tokens: 422,
      prompt_tokens_details: { cached_tokens: 320 },
      completion_tokens_details: { reasoning_tokens: 39 },
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 19,
    },
  },
  {
    title: 'xAI: reasoning beside the completion',
    endpoint: 'xai/grok-4.3',
    told: {
      prompt_tokens: 307,
      completion_tokens: 26,
      total_tokens: 560,
      completion_tokens_details: { reasoning_tokens: 227 },
    },
  },
  {
    title: 'Groq: reasoning inside the completion',
    endpoint: 'groq/gpt-oss-120b',
    told: {
      prompt_tokens: 17,
      completion_tokens: 1107,
      total_tokens: 1124,
      completion_tokens_details: { reasoning_tokens: 963 },
    },
  },
  {
    title: 'Moonshot: cached tokens at the top',
    endpoint: 'moonshotai/kimi-k2.6',
    told: { prompt_tokens: 4096, completion_tokens: 200, total_tokens: 4296, cached_tokens: 4000 },
  },
  {
    title: 'Mistral: nothing cached, nothing special',
    endpoint: 'mistral/mistral-large-2512',
    told: { prompt_tokens: 124, total_tokens: 146, completion_tokens: 22 },
  },
  {
    title: 'OpenRouter and others that name a cost',
    endpoint: 'deepinfra/gpt-oss-120b',
    told: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, cost: 0.00006 },
  },
]

describe('docs/cost.md', () => {
  const page = readFileSync('docs/cost.md', 'utf8')
  const catalog = builtinCatalog()

  it.each(examples.map(example => [example.title, example] as const))(
    'works %s out as it is computed',
    (_title, example) => {
      expect(page).toContain(workedCost(example, catalog))
    },
  )

  it('explains every reason for an unknown cost', () => {
    const reasons = [
      'usage_missing',
      'usage_invalid',
      'usage_contradictory',
      'no_price_cache_write_1h',
      'no_price_audio_cache_read',
      'modality_unknown',
      'out_of_range',
    ]
    for (const reason of reasons) expect(page).toContain(`| \`${reason}\` |`)
  })
})
