import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLearnedDeadlineSettings as settings, learnedFirstTokenMs } from '../../src/health/index.ts'
import { flat } from '../policy/ranking.ts'

const of = (p99: number, ttftSamples: number) => ({ ttftMs: { ...flat(1), p99 }, ttftSamples })

describe('learnedFirstTokenMs', () => {
  it.each([
    ['three times the 99th percentile', of(2_000, 20), 6_000],
    ['whole milliseconds', of(1_000.2, 500), 3_001],
    ['at least the least', of(10, 20), 1_000],
    ['at most the most', of(90_000, 20), 60_000],
    ['nothing from too few samples', of(2_000, 19), null],
    ['nothing without any', { ttftMs: null, ttftSamples: 0 }, null],
  ])('is %s', (_name, health, expected) => {
    expect(learnedFirstTokenMs(health, settings)).toBe(expected)
  })

  it('rises with the percentile and cuts off nothing that was usual', () => {
    const property = fc.property(fc.nat(40_000), fc.nat(40_000), (one, other) => {
      const [low = 0, high = 0] = [one, other].toSorted((a, b) => a - b)
      const [first, second] = [low, high].map(p99 => learnedFirstTokenMs(of(p99, 20), settings) ?? 0)
      expect(first).toBeLessThanOrEqual(second ?? 0)
      expect(second).toBeGreaterThanOrEqual(high)
    })
    fc.assert(property)
  })
})
