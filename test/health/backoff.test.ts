import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { backoffMs, defaultRetrySettings as settings } from '../../src/health/index.ts'

describe('backoffMs', () => {
  const most = { ...createRng(''), next: () => 1 - 2 ** -32 }
  const longestMs = 30_000

  it.each([
    [0, 0, 500],
    [1, 0, 1_000],
    [4, 0, 8_000],
    [60, 0, 8_000],
    [0, 2_000, 2_500],
    [0, 29_900, 30_000],
    [0, 0.4, 501],
  ])('after %i retries and a wait of %d ms asked for is at most %d ms', (retries, askedMs, expected) => {
    expect(backoffMs({ retries, askedMs, longestMs, settings }, most)).toBe(expected)
  })

  it('is a whole number of milliseconds, never less than asked for, never beyond the longest', () => {
    const waits = fc.record({ retries: fc.nat(2_000), askedMs: fc.nat(30_000), seed: fc.string() })
    const property = fc.property(waits, ({ retries, askedMs, seed }) => {
      const waitMs = backoffMs({ retries, askedMs, longestMs, settings }, createRng(seed))
      expect(Number.isInteger(waitMs)).toBe(true)
      expect(waitMs).toBeGreaterThanOrEqual(Math.max(1, askedMs))
      expect(waitMs).toBeLessThanOrEqual(longestMs)
    })
    fc.assert(property)
  })
})
