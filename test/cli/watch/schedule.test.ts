import { describe, expect, it } from 'vitest'
import { runSchedule, type ScheduleOptions } from '../../../src/cli/watch/schedule.ts'
import { createRng, createVirtualClock, nsPerMs } from '../../../src/core/index.ts'

interface Told {
  readonly endpoint: string
  readonly tick: number
  readonly atMs: number
}

/** A schedule whose probes take as long as `takesMs` says, and what it did when. */
function start(own: Partial<ScheduleOptions> & { takesMs?: (tick: number) => number } = {}) {
  const clock = createVirtualClock()
  const stop = new AbortController()
  const probes: Told[] = []
  const skipped: Told[] = []
  let isOver = false
  const nowMs = () => clock.monoNs() / nsPerMs
  const { takesMs = () => 0, ...options } = own
  const over = runSchedule({
    clock,
    rng: createRng('schedule'),
    endpoints: ['a/one'],
    everyMs: 1_000,
    forMs: null,
    once: false,
    signal: stop.signal,
    probe: async (endpoint, tick) => {
      probes.push({ endpoint, tick, atMs: nowMs() })
      await clock.sleepUntil(clock.monoNs() + takesMs(tick) * nsPerMs, stop.signal).catch(() => undefined)
    },
    onSkipped: (endpoint, tick) => skipped.push({ endpoint, tick, atMs: nowMs() }),
    ...options,
  }).finally(() => {
    isOver = true
  })
  return { clock, stop, probes, skipped, over, isOver: () => isOver }
}

const gaps = (times: readonly Told[]) =>
  times.slice(1).map(({ atMs }, index) => atMs - (times[index]?.atMs ?? 0))

describe('runSchedule', () => {
  it('probes at even distances from a drawn beginning, whatever a probe takes', async () => {
    const { clock, stop, probes, skipped, over } = start({ takesMs: tick => tick * 90 })
    await clock.advanceMs(10_500)
    stop.abort()
    await over
    expect(probes[0]?.atMs).toBeGreaterThan(0)
    expect(probes[0]?.atMs).toBeLessThan(1_000)
    expect(gaps(probes)).toEqual(gaps(probes).map(() => 1_000))
    expect(probes.map(({ tick }) => tick)).toEqual(probes.map((_, index) => index))
    expect(skipped).toEqual([])
  })

  it('spreads endpoints over the first seconds', async () => {
    const endpoints = Array.from({ length: 40 }, (_, index) => `host-${index}/one`)
    const { clock, stop, probes, over } = start({ endpoints, everyMs: 60_000 })
    await clock.advanceMs(5_000)
    stop.abort()
    await over
    const starts = probes.map(({ atMs }) => atMs)
    expect(starts).toHaveLength(40)
    expect(new Set(starts).size).toBeGreaterThan(35)
    for (const [from, to] of [
      [0, 2_500],
      [2_500, 5_000],
    ] as const) {
      expect(starts.filter(atMs => atMs >= from && atMs < to).length).toBeGreaterThan(8)
    }
  })

  it('passes over the ticks that a probe outlasts, and says so', async () => {
    const { clock, stop, probes, skipped, over } = start({ takesMs: tick => (tick === 1 ? 2_500 : 0) })
    await clock.advanceMs(6_000)
    stop.abort()
    await over
    expect(probes.map(({ tick }) => tick)).toEqual([0, 1, 4, 5])
    expect(skipped.map(({ tick }) => tick)).toEqual([2, 3])
  })

  it('begins no probe after its time, and waits for the last one', async () => {
    const { clock, probes, over, isOver } = start({ forMs: 3_000, takesMs: () => 800 })
    await clock.advanceMs(3_000)
    expect(probes.map(({ tick }) => tick)).toEqual([0, 1, 2])
    await clock.advanceMs(800)
    expect(isOver()).toBe(true)
    await over
  })

  it('probes each endpoint once, at once', async () => {
    const { clock, probes, over } = start({ once: true, endpoints: ['a/one', 'b/one'], takesMs: () => 50 })
    await clock.advanceMs(0)
    await clock.advanceMs(50)
    await over
    expect(probes.map(({ endpoint, atMs }) => [endpoint, atMs])).toEqual([
      ['a/one', 0],
      ['b/one', 0],
    ])
  })

  it('does not make up for the time that the machine slept', async () => {
    const clock = createVirtualClock()
    let sleptMs = 0
    // The machine wakes an hour later from the sleep before the third tick.
    const sleepy = {
      ...clock,
      monoNs: () => clock.monoNs() + sleptMs * nsPerMs,
      sleepUntil: async (dueNs: number, signal?: AbortSignal) => {
        if (dueNs < clock.monoNs() + sleptMs * nsPerMs) return
        await clock.sleepUntil(dueNs - sleptMs * nsPerMs, signal)
        if (clock.monoNs() > 2_000 * nsPerMs) sleptMs = 3_600_000
      },
    }
    const ticks: number[] = []
    const { stop, over } = start({
      clock: sleepy,
      probe: async (_, tick) => void ticks.push(tick),
    })
    await clock.advanceMs(5_000)
    stop.abort()
    await over
    expect(ticks.slice(0, 3)).toEqual([0, 1, 2])
    expect(ticks[3]).toBeGreaterThanOrEqual(3_600)
    expect(ticks.length).toBeLessThan(8)
  })

  it('ends at an abort', async () => {
    const { clock, stop, over, isOver } = start({ takesMs: () => 900 })
    await clock.advanceMs(1_200)
    stop.abort()
    await over
    expect(isOver()).toBe(true)
  })
})
