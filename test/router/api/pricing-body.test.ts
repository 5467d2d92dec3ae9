import { describe, expect, it } from 'vitest'
import { pricingBody } from '../../../src/router/api/pricing-body.ts'

const price = {
  input: 3_000_000n,
  output: 15_000_000n,
  cacheRead: null,
  cacheWrite: null,
  request: 0n,
  version: 'test@1',
}

describe('pricingBody', () => {
  it('gives decimal strings of USD per token, and leaves out what has no price', () => {
    expect(pricingBody(price)).toEqual({ prompt: '0.000003', completion: '0.000015', request: '0' })
  })

  it('gives every price, discount and override by the names of OpenRouter', () => {
    const full = {
      ...price,
      cacheRead: 300_000n,
      cacheWrite: 3_750_000n,
      cacheWrite1h: 6_000_000n,
      reasoning: 1n,
      audio: 2n,
      audioCacheRead: 3n,
      audioOutput: 4n,
      image: 5n,
      imageToken: 6n,
      imageOutput: 7n,
      discountPpm: 250_000,
      overrides: [
        { minPromptTokens: 200_000, amounts: { input: 6_000_000n } },
        {
          utcWindow: { startMinute: 16 * 60 + 30, endMinute: 30 },
          utcDays: ['monday' as const],
          amounts: { output: 1n, cacheRead: null },
        },
      ],
    }
    expect(pricingBody(full)).toEqual({
      prompt: '0.000003',
      completion: '0.000015',
      request: '0',
      input_cache_read: '0.0000003',
      input_cache_write: '0.00000375',
      input_cache_write_1h: '0.000006',
      internal_reasoning: '0.000000000001',
      audio: '0.000000000002',
      input_audio_cache: '0.000000000003',
      audio_output: '0.000000000004',
      image: '0.000000000005',
      image_token: '0.000000000006',
      image_output: '0.000000000007',
      discount: 0.25,
      overrides: [
        { min_prompt_tokens: 200_000, prompt: '0.000006' },
        { utc_start: 1630, utc_end: 30, utc_days: ['monday'], completion: '0.000000000001' },
      ],
    })
  })
})
