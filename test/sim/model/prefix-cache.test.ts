import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrefixCache } from '../../../src/sim/model/prefix-cache.ts'

const minute = 60_000

describe('createPrefixCache', () => {
  it('knows nothing at first and all leading keys after a write', () => {
    const cache = createPrefixCache({ maxKeys: 100 })
    expect(cache.leading([1, 2, 3], 0)).toBe(0)
    cache.write([1, 2, 3], { nowMs: 0, readyAtMs: 0, ttlMs: minute })
    expect(cache.leading([1, 2, 3, 4], 1)).toBe(3)
    expect(cache.leading([1, 9, 3], 1)).toBe(1)
  })

  it('cannot be read before prefill has ended', () => {
    const cache = createPrefixCache({ maxKeys: 100 })
    cache.write([1], { nowMs: 0, readyAtMs: 500, ttlMs: minute })
    expect(cache.leading([1], 499)).toBe(0)
    expect(cache.leading([1], 500)).toBe(1)
    cache.write([1], { nowMs: 499, readyAtMs: 2000, ttlMs: minute })
    expect(cache.leading([1], 500)).toBe(1)
  })

  it('forgets a key that was idle for its time to live, and every write refreshes it', () => {
    const cache = createPrefixCache({ maxKeys: 100 })
    cache.write([1], { nowMs: 0, readyAtMs: 0, ttlMs: minute })
    expect(cache.leading([1], minute - 1)).toBe(1)
    cache.write([1], { nowMs: minute - 1, readyAtMs: minute - 1, ttlMs: minute })
    expect(cache.leading([1], 2 * minute - 2)).toBe(1)
    expect(cache.leading([1], 2 * minute - 1)).toBe(0)
  })

  it('forgets the end of the prompt used longest ago first when it is full', () => {
    const cache = createPrefixCache({ maxKeys: 5 })
    cache.write([1, 2, 3], { nowMs: 0, readyAtMs: 0, ttlMs: minute })
    cache.write([11, 12, 13], { nowMs: 1, readyAtMs: 1, ttlMs: minute })
    expect(cache.size()).toBe(5)
    expect(cache.leading([1, 2, 3], 2)).toBe(2)
    expect(cache.leading([11, 12, 13], 2)).toBe(3)
  })

  it('finds the last remembered key of a range', () => {
    const cache = createPrefixCache({ maxKeys: 5 })
    cache.write([3], { nowMs: 0, readyAtMs: 0, ttlMs: minute })
    expect(cache.longest([1, 2, 3, 4], { from: -16, to: 4, nowMs: 1 })).toBe(3)
    expect(cache.longest([1, 2, 3, 4], { from: 3, to: 4, nowMs: 1 })).toBe(0)
  })

  it('never reads more than was written and never holds more than its bound', () => {
    const prompts = fc.array(fc.array(fc.nat(8), { maxLength: 12 }), { maxLength: 20 })
    fc.assert(
      fc.property(prompts, sequences => {
        const cache = createPrefixCache({ maxKeys: 6 })
        const written = new Set<number>()
        for (const [at, keys] of sequences.entries()) {
          const found = cache.leading(keys, at)
          expect(keys.slice(0, found).every(key => written.has(key))).toBe(true)
          cache.write(keys, { nowMs: at, readyAtMs: at, ttlMs: minute })
          for (const key of keys) written.add(key)
          expect(cache.size()).toBeLessThanOrEqual(6)
        }
      }),
    )
  })
})
