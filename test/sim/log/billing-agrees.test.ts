import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../../../src/catalog/index.ts'
import { costOf } from '../../../src/record/index.ts'
import { billedCost } from '../../../src/sim/log/billed-cost.ts'
import { builtinCatalog } from '../../support/worked-cost.ts'

const listed = [...builtinCatalog().endpoints.values()].map(({ price }) => price)
const [first] = listed
if (!first) throw new Error('the catalogue is empty')

/** Conditions that the built-in catalogue has no example of. */
const timed: Price = {
  ...first,
  cacheRead: 1n,
  cacheWrite: 7n,
  cacheWrite1h: 11n,
  reasoning: 13n,
  overrides: [
    { utcWindow: { startMinute: 1350, endMinute: 90 }, amounts: { input: 17n, cacheRead: 2n } },
    { utcDays: ['sunday', 'wednesday'], minPromptTokens: 1000, amounts: { output: 19n, cacheWrite: 3n } },
    {
      utcWindow: { startMinute: 60, endMinute: 720 },
      utcDays: ['monday'],
      amounts: { input: 23n, request: 5n },
    },
  ],
}

const tokens = fc.oneof(fc.nat({ max: 2000 }), fc.nat({ max: 300_000 }))
const usages = fc
  .record({ plain: tokens, read: tokens, short: tokens, long: tokens, text: tokens, thought: tokens })
  .map(({ plain, read, short, long, text, thought }) => ({
    inputTokens: plain + read + short + long,
    cachedTokens: read,
    writtenTokens: short + long,
    longWrittenTokens: long,
    outputTokens: text + thought,
    reasoningTokens: thought,
  }))
const week = 7 * 24 * 3600 * 1000

describe('billedCost and costOf', () => {
  it('come to the same amount by different ways, at every price of the built-in catalogue and at any time', () => {
    const price = fc.oneof(fc.constantFrom(...listed), fc.constant(timed))
    fc.assert(
      fc.property(price, usages, fc.nat({ max: week }), (of, usage, sinceMs) => {
        const atEpochMs = Date.UTC(2026, 10, 20) + sinceMs
        const cost = costOf(
          of,
          {
            inputTokens: usage.inputTokens,
            outputTokens: usage.outputTokens,
            cacheReadTokens: usage.cachedTokens,
            cacheWriteTokens: usage.writtenTokens,
            cacheWrite1hTokens: usage.longWrittenTokens,
            reasoningTokens: usage.reasoningTokens,
            reportedCost: null,
          },
          { epochUs: atEpochMs * 1000 },
        )
        const billed = billedCost(of, {
          ended: 'complete',
          wasBegun: true,
          usage,
          madeTokens: usage.outputTokens,
          billsCanceled: false,
          atEpochMs,
        })
        // A write for an hour that has no price is unknown to the router; the provider takes its price for five minutes.
        if (cost.isKnown) expect(cost.cost.total).toBe(billed)
        else expect(cost.reason).toBe('no_price_cache_write_1h')
      }),
      { numRuns: 2000 },
    )
  })
})
