import { describe, expect, it } from 'vitest'
import { billedCost } from '../../../src/sim/log/billed-cost.ts'

const price = { input: 100n, output: 1000n, cacheRead: 10n, cacheWrite: 125n, request: 7n, version: 'v' }
const usage = {
  inputTokens: 50,
  cachedTokens: 20,
  writtenTokens: 10,
  longWrittenTokens: 0,
  outputTokens: 8,
  reasoningTokens: 0,
}
const input = 20n * 100n + 20n * 10n + 10n * 125n
const whole = input + 8n * 1000n + 7n
const friday = Date.parse('2026-11-20T12:00:00Z')
const base = { wasBegun: true, usage, madeTokens: 3, billsCanceled: false, atEpochMs: friday } as const

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

  it('bills writes for an hour and reasoning at their own prices', () => {
    const own = { ...price, cacheWrite1h: 200n, reasoning: 3000n }
    const billed = billedCost(own, {
      ...base,
      ended: 'complete',
      usage: { ...usage, longWrittenTokens: 4, reasoningTokens: 5 },
    })
    expect(billed).toBe(20n * 100n + 20n * 10n + 6n * 125n + 4n * 200n + 3n * 1000n + 5n * 3000n + 7n)
  })

  const wednesday = Date.parse('2026-11-18T23:30:00Z')
  it.each([
    ['a longer prompt', { minPromptTokens: 49 }, friday, true],
    ['a prompt of just the threshold', { minPromptTokens: 50 }, friday, false],
    ['a day', { utcDays: ['wednesday'] }, wednesday, true],
    ['another day', { utcDays: ['wednesday'] }, friday, false],
    ['a window over midnight', { utcWindow: { startMinute: 1410, endMinute: 30 } }, wednesday, true],
    ['the end of a window', { utcWindow: { startMinute: 0, endMinute: 1410 } }, wednesday, false],
  ] as const)('knows other prices for %s', (_, condition, atEpochMs, isMet) => {
    const each = isMet ? 500n : 100n
    const overrides = [{ ...condition, amounts: { input: 500n } }]
    const plain = { ...usage, cachedTokens: 0, writtenTokens: 0 }
    expect(billedCost({ ...price, overrides }, { ...base, ended: 'complete', usage: plain, atEpochMs })).toBe(
      50n * each + 8n * 1000n + 7n,
    )
  })
})
