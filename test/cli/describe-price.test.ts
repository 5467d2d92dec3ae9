import { describe, expect, it } from 'vitest'
import { endpointNotes, perMillion } from '../../src/cli/describe-price.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const plain = endpointOf({ provider: 'a' })

describe('endpointNotes', () => {
  it('has nothing to say of an endpoint with a plain price', () => {
    expect(endpointNotes(plain)).toEqual([])
  })

  it('tells tier, region, discount, other kinds of tokens, fees, and prices of some requests', () => {
    const price = {
      ...plain.price,
      discountPpm: 250_000,
      reasoning: 3_000_000n,
      audio: 1_000_000n,
      image: 1_000_000_000n,
      request: 10_000_000_000n,
      overrides: [
        { minPromptTokens: 200_000, amounts: { input: 2_500_000n, cacheRead: 250_000n } },
        {
          utcWindow: { startMinute: 990, endMinute: 30 },
          utcDays: ['monday', 'sunday'] as const,
          amounts: { output: 500_000n },
        },
      ],
    }
    const endpoint = endpointOf({ provider: 'a', more: { tier: 'flex', region: 'eu', price } })
    expect(endpointNotes(endpoint)).toEqual([
      'flex tier',
      'region eu',
      '25 % off',
      'reasoning 3',
      'audio 1',
      'per image 0.001',
      'per request 0.01',
      '> 200000 tokens: input 2.5, read 0.25',
      'mon sun, 16:30–00:30 UTC: output 0.5',
    ])
  })
})

describe('perMillion', () => {
  it.each([
    [3625n, '0.003625'],
    [30_000_000n, '30'],
    [0n, '0'],
  ])('quotes %s pico-USD per token as %s USD', (price, text) => {
    expect(perMillion(price)).toBe(text)
  })
})
