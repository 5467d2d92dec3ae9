import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createSystemClock, nsPerMs } from '../../src/core/index.ts'

describe('createSystemClock', () => {
  it('never runs backwards and counts whole nanoseconds', () => {
    const clock = createSystemClock()
    const stamps = Array.from({ length: 1000 }, () => clock.monoNs())
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
    expect(stamps.every(Number.isSafeInteger)).toBe(true)
  })

  it('gives the wall time within a second of the system, in whole microseconds', () => {
    const clock = createSystemClock()
    expect(Math.abs(clock.epochUs() - Date.now() * 1000)).toBeLessThan(1_000_000)
    expect(Number.isSafeInteger(clock.epochUs())).toBe(true)
  })

  it('turns stamps into wall time without a jump', () => {
    const clock = createSystemClock()
    const stamp = clock.monoNs()
    expect(clock.toEpochUs(stamp + 5 * nsPerMs) - clock.toEpochUs(stamp)).toBeCloseTo(5000, -1)
  })

  it('sleeps until the instant, never less', async () => {
    const clock = createSystemClock()
    for (const ms of [0.2, 1, 3.7]) {
      const dueNs = clock.monoNs() + ms * nsPerMs
      await clock.sleepUntil(dueNs)
      expect(clock.monoNs()).toBeGreaterThanOrEqual(dueNs)
    }
  })

  it('returns at once for an instant that has passed', async () => {
    const clock = createSystemClock()
    await expect(clock.sleepUntil(0)).resolves.toBeUndefined()
  })

  it("rejects with the signal's reason, before and while it sleeps", async () => {
    const clock = createSystemClock()
    const controller = new AbortController()
    const reason = new Error('stop')
    const slept = clock.sleepUntil(clock.monoNs() + 60_000 * nsPerMs, controller.signal)
    controller.abort(reason)
    await expect(slept).rejects.toBe(reason)
    await expect(clock.sleepUntil(clock.monoNs() + nsPerMs, controller.signal)).rejects.toBe(reason)
  })

  it('leaves no listener on the signal', async () => {
    const clock = createSystemClock()
    const { signal } = new AbortController()
    await clock.sleepUntil(clock.monoNs() + nsPerMs, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('sleeps longer than a timer can', async () => {
    const clock = createSystemClock()
    const controller = new AbortController()
    const monthNs = 31 * 24 * 3_600_000 * nsPerMs
    const slept = clock.sleepUntil(clock.monoNs() + monthNs, controller.signal)
    const first = await Promise.race([
      slept.then(() => 'woke'),
      clock.sleepUntil(clock.monoNs() + 5 * nsPerMs).then(() => 'still asleep'),
    ])
    controller.abort(new Error('enough'))
    await expect(slept).rejects.toThrowError('enough')
    expect(first).toBe('still asleep')
  })
})
