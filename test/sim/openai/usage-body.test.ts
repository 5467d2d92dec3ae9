import { describe, expect, it } from 'vitest'
import { dialectOf } from '../../../src/sim/openai/dialects.ts'
import { usageBody } from '../../../src/sim/openai/usage-body.ts'

const usage = {
  inputTokens: 100,
  cachedTokens: 64,
  writtenTokens: 20,
  longWrittenTokens: 0,
  outputTokens: 50,
  reasoningTokens: 30,
}
const times = { headersAtMs: 250, endAtMs: 1000 }
const bodyOf = (provider: string, changes = {}) =>
  JSON.parse(usageBody({ ...usage, ...changes }, times, dialectOf(provider)))

describe('usageBody', () => {
  it.each(['openai', 'groq', 'deepseek', 'xai', 'mistral', 'nobody'])(
    'adds up to the total of %s',
    provider => {
      const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details } = bodyOf(provider)
      const apart = provider === 'xai' ? completion_tokens_details.reasoning_tokens : 0
      expect(total_tokens).toBe(150)
      expect(prompt_tokens + completion_tokens + apart).toBe(150)
      expect(completion_tokens_details.reasoning_tokens).toBe(30)
    },
  )

  it('leaves reasoning out of the completion of xAI', () => {
    expect(bodyOf('xai').completion_tokens).toBe(20)
  })

  it('tells hits and misses of DeepSeek', () => {
    expect(bodyOf('deepseek')).toMatchObject({
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
      prompt_tokens_details: { cached_tokens: 64 },
    })
  })

  it('tells the times of Groq in seconds', () => {
    expect(bodyOf('groq')).toMatchObject({
      queue_time: 0,
      prompt_time: 0.25,
      completion_time: 0.75,
      total_time: 1,
    })
  })

  it('tells how long written tokens are kept where some are kept for an hour', () => {
    expect(bodyOf('openai', { longWrittenTokens: 5 }).cache_creation).toEqual({
      ephemeral_5m_input_tokens: 15,
      ephemeral_1h_input_tokens: 5,
    })
    expect(bodyOf('openai')).not.toHaveProperty('cache_creation')
  })
})
