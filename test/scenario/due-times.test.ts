import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { dueTimes } from '../../src/scenario/due-times.ts'

const starts = (items: number) => Array.from({ length: items }, () => null)

describe('dueTimes', () => {
  it('spaces constant arrivals exactly by the rate, over all arms', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4 }),
        (ratePerSecond, items, arms) => {
          const arrivals = { kind: 'constant', ratePerSecond } as const
          const due = dueTimes({ arrivals, startsMs: starts(items), arms, rng: createRng('x') }).flat()
          expect(due).toEqual(due.map((_, index) => Math.round((index * 1e9) / ratePerSecond)))
        },
      ),
    )
  })

  it('gives Poisson arrivals in order, with the mean and the spread of their rate', () => {
    const arrivals = { kind: 'poisson', ratePerSecond: 50 } as const
    const due = dueTimes({ arrivals, startsMs: starts(20_000), arms: 1, rng: createRng('poisson') }).flat()
    const gapsMs = due.map((dueNs, index) => ((dueNs ?? 0) - (due[index - 1] ?? 0)) / 1e6)
    const mean = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length
    const variance = gapsMs.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gapsMs.length
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(0)
    // Three standard errors of the mean of 20,000 exponential gaps are 2.1 %.
    expect(Math.abs(mean - 20)).toBeLessThan(0.42)
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1)
  })

  it('plays recorded starts at their times divided by the speed, all arms together', () => {
    const arrivals = { kind: 'recorded', speed: 4 } as const
    const due = dueTimes({ arrivals, startsMs: [0, 10, 1000.5], arms: 2, rng: createRng('x') })
    expect(due).toEqual([
      [0, 0],
      [2_500_000, 2_500_000],
      [250_125_000, 250_125_000],
    ])
  })

  it('has no due times in a closed loop', () => {
    const arrivals = { kind: 'closed', concurrency: 3 } as const
    const due = dueTimes({ arrivals, startsMs: starts(2), arms: 2, rng: createRng('x') })
    expect(due).toEqual([
      [null, null],
      [null, null],
    ])
  })
})
