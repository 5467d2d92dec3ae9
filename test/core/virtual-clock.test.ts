import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Clock, createVirtualClock, nsPerMs } from '../../src/core/index.ts'

/** Sleeps until each instant and notes the time of every wake-up. */
function sleepAll(clock: Clock, instantsMs: readonly number[]): string[] {
  const woken: string[] = []
  for (const [index, ms] of instantsMs.entries()) {
    void clock.sleepUntil(ms * nsPerMs).then(() => woken.push(`${index}@${clock.monoNs() / nsPerMs}`))
  }
  return woken
}

describe('createVirtualClock', () => {
  it('stands still until it is told to move', async () => {
    const clock = createVirtualClock(5_000_000)
    const woken = sleepAll(clock, [1])
    await Promise.resolve()
    expect([clock.monoNs(), clock.epochUs(), woken]).toEqual([0, 5_000_000, []])
    await clock.advanceMs(0.999)
    expect(woken).toEqual([])
    await clock.advanceMs(0.001)
    expect(woken).toEqual(['0@1'])
    expect(clock.epochUs()).toBe(5_001_000)
    expect(clock.toEpochUs(2 * nsPerMs)).toBe(5_002_000)
  })

  it('wakes sleepers in due order, each at its own instant, equals in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 }), async instants => {
        const clock = createVirtualClock()
        const woken = sleepAll(clock, instants)
        await clock.advanceMs(50)
        const expected = instants
          .map((ms, index) => ({ ms, index }))
          .toSorted((a, b) => a.ms - b.ms || a.index - b.index)
          .map(({ ms, index }) => `${index}@${ms}`)
        expect(woken).toEqual(expected)
      }),
    )
  })

  it('wakes the same sleepers at the same instants in one step or in many', async () => {
    const instants = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })
    const steps = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(instants, steps, async (instantsMs, stepsMs) => {
        const oneStep = createVirtualClock()
        const manySteps = createVirtualClock()
        const wokenAtOnce = sleepAll(oneStep, instantsMs)
        const wokenInSteps = sleepAll(manySteps, instantsMs)
        for (const ms of stepsMs) await manySteps.advanceMs(ms)
        await oneStep.advanceMs(stepsMs.reduce((sum, ms) => sum + ms, 0))
        expect(wokenInSteps).toEqual(wokenAtOnce)
      }),
    )
  })

  it('lets a sleeper sleep again within one advance', async () => {
    const clock = createVirtualClock()
    const ticks: number[] = []
    async function tick() {
      for (let ms = 10; ms <= 50; ms += 10) {
        await clock.sleepUntil(ms * nsPerMs)
        ticks.push(clock.monoNs() / nsPerMs)
      }
    }
    void tick()
    await clock.advanceMs(35)
    expect(ticks).toEqual([10, 20, 30])
  })

  it('does not sleep for an instant that has passed', async () => {
    const clock = createVirtualClock()
    await clock.advanceMs(10)
    await clock.sleepUntil(10 * nsPerMs)
    await clock.sleepUntil(3 * nsPerMs)
    expect(clock.monoNs()).toBe(10 * nsPerMs)
  })

  it("rejects with the signal's reason and forgets the sleeper", async () => {
    const clock = createVirtualClock()
    const controller = new AbortController()
    const reason = new Error('stop')
    const slept = clock.sleepUntil(5 * nsPerMs, controller.signal)
    controller.abort(reason)
    await expect(slept).rejects.toBe(reason)
    await expect(clock.sleepUntil(9 * nsPerMs, controller.signal)).rejects.toBe(reason)
    await clock.advanceMs(10)
  })

  it('is not disturbed by an abort after the wake-up', async () => {
    const clock = createVirtualClock()
    const controller = new AbortController()
    const slept = clock.sleepUntil(5 * nsPerMs, controller.signal)
    await clock.advanceMs(5)
    controller.abort()
    await expect(slept).resolves.toBeUndefined()
  })

  it('leaves no listener on the signal', async () => {
    const clock = createVirtualClock()
    const { signal } = new AbortController()
    const slept = clock.sleepUntil(5 * nsPerMs, signal)
    await clock.advanceMs(5)
    await slept
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
