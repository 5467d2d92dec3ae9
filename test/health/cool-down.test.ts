import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCoolDown } from '../../src/health/cool-down.ts'

const ms = 1_000_000

describe('createCoolDown', () => {
  it('has not begun at first', () => {
    const coolDown = createCoolDown()
    expect(coolDown.untilNs(0)).toBe(0)
    expect(coolDown.latest()).toEqual({ sinceNs: -Infinity, untilNs: -Infinity, reason: '' })
  })

  it('says since when, until when and why; one that follows another begins anew', () => {
    const coolDown = createCoolDown()
    coolDown.extend(10 * ms, 100, 'first')
    coolDown.extend(50 * ms, 10, 'shorter')
    expect(coolDown.latest()).toEqual({ sinceNs: 10 * ms, untilNs: 110 * ms, reason: 'first' })
    coolDown.extend(60 * ms, 100, 'longer')
    expect(coolDown.latest()).toEqual({ sinceNs: 10 * ms, untilNs: 160 * ms, reason: 'longer' })
    coolDown.extend(160 * ms, 100, 'next')
    expect(coolDown.latest()).toEqual({ sinceNs: 160 * ms, untilNs: 260 * ms, reason: 'next' })
  })

  it('ends at the latest instant that anyone asked for, whatever comes when', () => {
    const ask = fc.record({ atMs: fc.nat(60_000), waitMs: fc.nat(30_000) })
    const property = fc.property(fc.array(ask, { minLength: 1 }), fc.nat(90_000), (asks, nowMs) => {
      const coolDown = createCoolDown()
      let before = 0
      for (const { atMs, waitMs } of asks) {
        coolDown.extend(atMs * ms, waitMs, '')
        const untilNs = coolDown.latest().untilNs
        expect(untilNs).toBeGreaterThanOrEqual(before)
        before = untilNs
      }
      const lastMs = Math.max(...asks.map(({ atMs, waitMs }) => atMs + waitMs))
      expect(coolDown.untilNs(nowMs * ms)).toBe(lastMs > nowMs ? lastMs * ms : 0)
    })
    fc.assert(property)
  })
})
