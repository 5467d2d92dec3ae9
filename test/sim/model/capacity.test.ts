import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCapacity } from '../../../src/sim/model/capacity.ts'

/** Plays jobs in order of arrival and gives each one's wait. */
function waits(slots: number | null, jobs: readonly { readonly atMs: number; readonly workMs: number }[]) {
  const capacity = createCapacity(slots)
  return jobs.map(({ atMs, workMs }) => {
    const waitMs = capacity.waitMs(atMs)
    capacity.take(atMs + waitMs + workMs)
    return waitMs
  })
}

/** The same by scanning every slot. */
function slowWaits(slots: number, jobs: readonly { readonly atMs: number; readonly workMs: number }[]) {
  const free = Array.from({ length: slots }, () => 0)
  return jobs.map(({ atMs, workMs }) => {
    const first = Math.min(...free)
    const startMs = Math.max(atMs, first)
    free[free.indexOf(first)] = startMs + workMs
    return startMs - atMs
  })
}

describe('createCapacity', () => {
  it('lets requests start at once while a slot is free, then in order as slots end', () => {
    const jobs = [100, 50, 10, 10, 10].map(workMs => ({ atMs: 0, workMs }))
    expect(waits(2, jobs)).toEqual([0, 0, 50, 60, 70])
    expect(waits(null, jobs)).toEqual([0, 0, 0, 0, 0])
  })

  it('is idle again when all answers have ended', () => {
    const capacity = createCapacity(1)
    capacity.take(100)
    expect([capacity.waitMs(40), capacity.inFlight(40)]).toEqual([60, 1])
    expect([capacity.waitMs(100), capacity.inFlight(100)]).toEqual([0, 0])
  })

  it('waits as long as a scan over all slots says', () => {
    const job = fc.record({ gapMs: fc.nat(20), workMs: fc.nat(100) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(job, { maxLength: 80 }), (slots, gaps) => {
        let atMs = 0
        const jobs = gaps.map(({ gapMs, workMs }) => ({ atMs: (atMs += gapMs), workMs }))
        expect(waits(slots, jobs)).toEqual(slowWaits(slots, jobs))
      }),
    )
  })
})
