import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../../src/catalog/index.ts'
import { parseUsd } from '../../src/core/index.ts'
import { costOf, type Usage } from '../../src/record/index.ts'
import { decodeChunk } from '../../src/wire/delta.ts'
import { normaliseFinishReason } from '../../src/wire/finish-reason.ts'
import { readUsage } from '../../src/wire/openai/usage.ts'

const counts = { prompt_tokens: 10, completion_tokens: 5 }
const price: Price = { input: 3n, output: 5n, cacheRead: 1n, cacheWrite: 4n, request: 0n, version: 'test' }

const dialects: readonly (readonly [name: string, usage: object, expected: Partial<Usage>])[] = [
  [
    'OpenAI',
    {
      prompt_tokens: 16,
      completion_tokens: 300,
      total_tokens: 316,
      prompt_tokens_details: { cached_tokens: 8, audio_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 100, audio_tokens: 50, accepted_prediction_tokens: 0 },
    },
    {
      inputTokens: 16,
      outputTokens: 300,
      cacheReadTokens: 8,
      audioTokens: 2,
      reasoningTokens: 100,
      audioOutputTokens: 50,
    },
  ],
  [
    'DeepSeek: hits and misses beside the details',
    {
      prompt_tokens: 339,
      completion_tokens: 83,
      total_tokens: 422,
      prompt_tokens_details: { cached_tokens: 320 },
      completion_tokens_details: { reasoning_tokens: 39 },
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 19,
    },
    { inputTokens: 339, cacheReadTokens: 320, outputTokens: 83, reasoningTokens: 39 },
  ],
  [
    'DeepSeek before it had details',
    { prompt_tokens: 339, completion_tokens: 83, prompt_cache_hit_tokens: 320, prompt_cache_miss_tokens: 19 },
    { cacheReadTokens: 320 },
  ],
  [
    'xAI: reasoning beside the completion',
    {
      prompt_tokens: 307,
      completion_tokens: 26,
      total_tokens: 560,
      completion_tokens_details: { reasoning_tokens: 227 },
    },
    { inputTokens: 307, outputTokens: 253, reasoningTokens: 227 },
  ],
  [
    'Groq: reasoning inside',
    {
      prompt_tokens: 17,
      completion_tokens: 1107,
      total_tokens: 1124,
      total_time: 3.2,
      completion_tokens_details: { reasoning_tokens: 963 },
    },
    { outputTokens: 1107, reasoningTokens: 963 },
  ],
  ['Mistral: nothing but the counts', { prompt_tokens: 13, total_tokens: 21, completion_tokens: 8 }, {}],
  [
    'Moonshot: cached tokens at the top',
    { prompt_tokens: 100, completion_tokens: 8, total_tokens: 108, cached_tokens: 64 },
    { inputTokens: 100, cacheReadTokens: 64 },
  ],
  [
    'OpenRouter: writes and cost',
    { ...counts, prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 4 }, cost: 0.01 },
    { cacheReadTokens: 3, cacheWriteTokens: 4, cacheWrite1hTokens: 0, reportedCost: parseUsd('0.01') },
  ],
  [
    "Anthropic's split of writes in an OpenAI-style answer",
    {
      ...counts,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 3 },
    },
    { inputTokens: 10, cacheReadTokens: 2, cacheWriteTokens: 7, cacheWrite1hTokens: 3 },
  ],
  [
    "Anthropic's counts in an OpenAI-style answer: read and written tokens beside the prompt, as the total tells",
    {
      ...counts,
      total_tokens: 24,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 3 },
    },
    { inputTokens: 19, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 7, cacheWrite1hTokens: 3 },
  ],
  ['details that are null', { ...counts, prompt_tokens_details: null, completion_tokens_details: null }, {}],
  ['image tokens', { ...counts, prompt_tokens_details: { image_tokens: 4 } }, { imageTokens: 4 }],
]

describe('readUsage', () => {
  it.each(dialects)('reads %s', (_name, usage, expected) => {
    expect(readUsage(usage)).toMatchObject(expected)
  })

  it.each([null, undefined])('finds none in %s', value => {
    expect(readUsage(value)).toBeNull()
  })

  it.each([
    ['more read from a cache than came in', { prompt_tokens_details: { cached_tokens: 11 } }],
    ['more hits than came in', { prompt_cache_hit_tokens: 11 }],
    [
      'more read and written together than came in',
      { prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 5 } },
    ],
    [
      'two counts of cached tokens',
      { prompt_tokens_details: { cached_tokens: 6 }, prompt_cache_hit_tokens: 5 },
    ],
    ['hits and misses that are not the prompt', { prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 5 }],
    [
      'a split of writes that is not their sum',
      { cache_creation_input_tokens: 5, cache_creation: { ephemeral_1h_input_tokens: 4 } },
    ],
    ['cached tokens beside the prompt that no total tells of', { cache_creation_input_tokens: 11 }],
    ['a total that is less than its parts', { total_tokens: 14 }],
    ['a total that nothing explains', { total_tokens: 20 }],
    ['more reasoning than output', { completion_tokens_details: { reasoning_tokens: 6 } }],
    ['input beyond 32 bits', { prompt_tokens: 2 ** 32 }],
    ['output beyond 32 bits', { completion_tokens: 1e300 }],
    ['reasoning beyond 32 bits', { completion_tokens_details: { reasoning_tokens: 2 ** 32 } }],
    ['a negative count', { prompt_tokens: -1 }],
    ['half a token', { completion_tokens: 4.5 }],
    ['a text for a count', { prompt_tokens: '10' }],
    ['a negative detail', { prompt_tokens_details: { cached_tokens: -1 } }],
    ['no prompt', { prompt_tokens: undefined }],
    ['no completion', { completion_tokens: null }],
  ])('does not believe an answer with %s', (_what, fields) => {
    expect(readUsage({ ...counts, ...fields })).toBe('invalid')
  })

  it.each(['no object', 7, [], {}])('does not believe %j', value => {
    expect(readUsage(value)).toBe('invalid')
  })

  it.each([
    [-0.01, null],
    ['-1', null],
    [1e6, null],
    [1e300, null],
    ['9'.repeat(100_000), null],
    [999_999.5, parseUsd('999999.5')],
    [0, 0n],
  ])('reads the reported cost %s as an amount that a record holds, or as unknown', (cost, expected) => {
    expect(readUsage({ ...counts, cost })).toMatchObject({ reportedCost: expected })
  })

  it('gives only usage that has a cost', () => {
    const count = fc.oneof(fc.nat({ max: 20 }), fc.double(), fc.constant(null))
    const answer = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
      prompt_tokens_details: fc.record({ cached_tokens: count, cache_write_tokens: count }),
      completion_tokens_details: fc.record({ reasoning_tokens: count }),
    })
    fc.assert(
      fc.property(answer, value => {
        const usage = readUsage(value)
        return usage === 'invalid' || (usage !== null && costOf(price, usage, { epochUs: 0 }).isKnown)
      }),
    )
  })
})

describe('decodeChunk', () => {
  const inGroq = { x_groq: { id: 'req', usage: counts } }

  it("finds Groq's usage where it has no other place", () => {
    expect(decodeChunk(inGroq).usage).toMatchObject({ inputTokens: 10, outputTokens: 5 })
    expect(decodeChunk({ ...inGroq, usage: { ...counts, prompt_tokens: 11 } }).usage).toMatchObject({
      inputTokens: 11,
    })
    expect(decodeChunk({ x_groq: { id: 'req' }, usage: null }).usage).toBeNull()
  })
})

describe('normaliseFinishReason', () => {
  it.each(['constructor', '__proto__', 'toString', 'whatever'])('counts the unknown %s as stop', native => {
    expect(normaliseFinishReason(native)).toBe('stop')
  })
})
