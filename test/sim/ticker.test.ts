import { describe, expect, it } from 'vitest'
import { createVirtualClock, nsPerMs } from '../../src/core/index.ts'
import { createTicker } from '../../src/sim/ticker.ts'

function setUp() {
  const clock = createVirtualClock()
  const ticker = createTicker(clock)
  const seen: (readonly [name: string, atMs: number])[] = []
  const note = (name: string, dueMs: number) =>
    ticker.at(dueMs * nsPerMs, () => void seen.push([name, clock.monoNs() / nsPerMs]))
  return { clock, ticker, note, seen }
}

describe('createTicker', () => {
  it('calls back in the order of instants, never early, at most a millisecond late', async () => {
    const { clock, note, seen } = setUp()
    note('late', 30.2)
    note('early', 10)
    note('also early', 9.5)
    await clock.advanceMs(9)
    expect(seen).toEqual([])
    await clock.advanceMs(91)
    expect(seen.map(([name]) => name)).toEqual(['early', 'also early', 'late'])
    expect(seen.map(([, atMs]) => atMs)).toEqual([10, 10, 31])
  })

  it('calls back at once for what has passed, and never for Infinity', async () => {
    const { clock, note, seen } = setUp()
    await clock.advanceMs(50)
    note('past', 20)
    note('never', Infinity)
    expect(seen).toEqual([['past', 50]])
    await clock.advanceMs(1e6)
    expect(seen).toHaveLength(1)
  })

  it('does not call back for what was cancelled, and goes on with the rest', async () => {
    const { clock, note, seen } = setUp()
    const cancel = note('cancelled', 10)
    note('kept', 20)
    cancel()
    await clock.advanceMs(100)
    expect(seen).toEqual([['kept', 20]])
  })

  it('takes new instants while it calls back', async () => {
    const { clock, ticker, note, seen } = setUp()
    const chain = (left: number) => {
      if (left > 0) ticker.at(clock.monoNs() + nsPerMs, () => chain(left - 1))
      note('link', 0)
    }
    chain(5)
    await clock.advanceMs(10)
    expect(seen.map(([, atMs]) => atMs)).toEqual([0, 1, 2, 3, 4, 5])
  })
})
