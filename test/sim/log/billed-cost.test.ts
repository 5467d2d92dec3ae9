import { describe, expect, it } from 'vitest'
import { billedCost } from '../../../src/sim/log/billed-cost.ts'

const price = { input: 100n, output: 1000n, cacheRead: 10n, cacheWrite: 125n, request: 7n, version: 'v' }
const usage = { inputTokens: 50, cachedTokens: 20, writtenTokens: 10, outputTokens: 8 }
const input = 20n * 100n + 20n * 10n + 10n * 125n
const whole = input + 8n * 1000n + 7n
const base = { wasBegun: true, usage, madeTokens: 3, billsCanceled: false } as const

describe('billedCost', () => {
  it.each([
    ['a complete answer in full', { ...base, ended: 'complete' }, whole],
    ['nothing for an error or a reset', { ...base, ended: 'complete', usage: null }, 0n],
    [
      'a canceled answer up to where the caller left',
      { ...base, ended: 'canceled' },
      input + 3n * 1000n + 7n,
    ],
    [
      'nothing for a request canceled before its answer began',
      { ...base, ended: 'canceled', wasBegun: false },
      0n,
    ],
    [
      'a canceled answer in full where cancellations are billed',
      { ...base, ended: 'canceled', billsCanceled: true },
      whole,
    ],
    ['even before it began', { ...base, ended: 'canceled', billsCanceled: true, wasBegun: false }, whole],
    [
      'an answer it cut itself up to the cut',
      { ...base, ended: 'cut', billsCanceled: true },
      input + 3n * 1000n + 7n,
    ],
  ] as const)('bills %s', (_, exchange, expected) => {
    expect(billedCost(price, exchange)).toBe(expected)
  })

  it('bills tokens without a cache price as input', () => {
    const plain = { ...price, cacheRead: null, cacheWrite: null }
    expect(billedCost(plain, { ...base, ended: 'complete' })).toBe(50n * 100n + 8n * 1000n + 7n)
  })
})
