import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateWindow, windowMs } from '../../../src/router/keys/rate-window.ts'

/** Gaps between requests, in milliseconds, long and short. */
const gaps = fc.array(fc.oneof(fc.nat(50), fc.nat(10_000), fc.nat(100_000)), { maxLength: 300 })

/** Sends requests at these gaps and returns the times of those that got in. */
function admitted(limit: number, between: readonly number[], window = createRateWindow()): number[] {
  let nowMs = 1_000_000
  const times: number[] = []
  for (const gap of between) {
    nowMs += gap
    if (window.read(limit, nowMs).used >= limit) continue
    window.add(nowMs)
    times.push(nowMs)
  }
  return times
}

describe('createRateWindow', () => {
  it('never lets more than the limit into any 60 seconds', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 30 }), (between, limit) => {
        const times = admitted(limit, between)
        for (const [index, time] of times.entries()) {
          const later = times[index + limit]
          if (later !== undefined) expect(later - time).toBeGreaterThanOrEqual(windowMs)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('refuses no request that the last 60 seconds have room for', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 30 }), (between, limit) => {
        const window = createRateWindow()
        const times: number[] = []
        let nowMs = 1_000_000
        for (const gap of between) {
          nowMs += gap
          const { used } = window.read(limit, nowMs)
          expect(used).toBe(times.filter(time => time > nowMs - windowMs).length)
          if (used < limit) {
            window.add(nowMs)
            times.push(nowMs)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('says exactly when the next request gets in', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 30 }), (between, limit) => {
        const window = createRateWindow()
        const last = admitted(limit, between, window).at(-1) ?? 0
        const { used, nextMs } = window.read(limit, last)
        if (used < limit) return
        expect(window.read(limit, nextMs - 1).used).toBeGreaterThanOrEqual(limit)
        expect(window.read(limit, nextMs).used).toBeLessThan(limit)
      }),
      { numRuns: 200 },
    )
  })

  it('waits for enough room when the limit was lowered', () => {
    const window = createRateWindow([1_000, 2_000, 3_000])
    expect(window.read(2, 3_000)).toEqual({ used: 3, nextMs: 2_000 + windowMs })
  })

  it('goes on from the times of another one', () => {
    const window = createRateWindow([10, 20, 30])
    expect(createRateWindow(window.times(windowMs + 10)).read(2, windowMs + 10)).toEqual({
      used: 2,
      nextMs: 20 + windowMs,
    })
  })
})
