import { describe, expect, it } from 'vitest'
import { chargeOf } from '../../src/record/index.ts'

describe('chargeOf', () => {
  it.each([
    ['an answer', { billed: 100n, outputTokens: 5, finishReason: 'stop' }, 100n],
    [
      'an answer that was cut short by its length',
      { billed: 100n, outputTokens: 5, finishReason: 'length' },
      100n,
    ],
    ['nothing, and no reason for it', { billed: 100n, outputTokens: 0, finishReason: null }, 0n],
    ['nothing, and a blank reason', { billed: 100n, outputTokens: 0, finishReason: ' ' }, 0n],
    ['nothing, but a reason', { billed: 100n, outputTokens: 0, finishReason: 'stop' }, 100n],
    ['tokens without a reason', { billed: 100n, outputTokens: 5, finishReason: '' }, 100n],
    ['an error after tokens', { billed: 100n, outputTokens: 5, finishReason: 'error' }, 0n],
    ['an error of unknown cost', { billed: null, outputTokens: null, finishReason: 'error' }, 0n],
    ['an answer of unknown cost', { billed: null, outputTokens: 5, finishReason: 'stop' }, null],
    ['no tokens that anybody counted', { billed: null, outputTokens: null, finishReason: '' }, null],
    ['a free answer', { billed: 0n, outputTokens: 5, finishReason: 'stop' }, 0n],
  ])('for %s', (_what, answer, charged) => {
    expect(chargeOf(answer)).toBe(charged)
  })

  it.each([
    [0, 1001n, 1001n],
    [550, 10_000n, 10_550n],
    [1, 1n, 2n],
    [10_000, 7n, 14n],
  ])('adds %s basis points to %s, rounded up to a whole pico-USD', (markup, billed, charged) => {
    expect(chargeOf({ billed, outputTokens: 1, finishReason: 'stop' }, markup)).toBe(charged)
  })
})
