import { nsPerMs } from '../core/index.ts'
import type { Quantiles } from './types.ts'

/** Samples of one measure over a window that moves with time. Its memory is bounded. */
export interface RollingSamples {
  add(value: number, atNs: number): void
  /** Samples of the last `windowMs`, as they arrived, thinned out or not. */
  count(nowNs: number, windowMs: number): number
  /** Quantiles of the last `windowMs`; null without a sample. */
  quantiles(nowNs: number, windowMs: number): Quantiles | null
}

/** How far back samples are kept. */
const slices = 31
const sliceNs = 60_000 * nsPerMs
/** Samples kept of one slice; beyond, every second of them is dropped and stands for two, and so on. */
const maxPerSlice = 64

interface Slice {
  readonly slice: number
  /** How many arrivals each kept sample stands for. */
  stride: number
  arrivals: number
  values: number[]
  times: number[]
}

interface Weighted {
  readonly value: number
  readonly weight: number
}

/**
 * Keeps samples of the last half hour: all of them up to 64 a minute, beyond that every 2nd, 4th, … with its weight.
 * Thinning is by arrival and not by chance, so the same events give the same numbers.
 *
 * @param better Which values are better. `pN` is what N % of requests do better than (value ⌊N % · n⌋ from the best):
 * times rise from p50 to p99, rates fall.
 */
export function createRollingSamples(better: 'lower' | 'higher'): RollingSamples {
  let kept: Slice[] = []

  function add(value: number, atNs: number): void {
    const slice = Math.floor(atNs / sliceNs)
    let current = kept.find(entry => entry.slice === slice)
    if (!current) {
      current = { slice, stride: 1, arrivals: 0, values: [], times: [] }
      kept = [...kept.filter(entry => entry.slice > slice - slices), current]
    }
    if (current.arrivals++ % current.stride !== 0) return
    current.values.push(value)
    current.times.push(atNs)
    if (current.values.length >= maxPerSlice) thin(current)
  }

  function within(nowNs: number, windowMs: number): Weighted[] {
    const sinceNs = nowNs - windowMs * nsPerMs
    const found: Weighted[] = []
    for (const { slice, values, times, stride } of kept) {
      if ((slice + 1) * sliceNs < sinceNs) continue
      for (const [index, value] of values.entries()) {
        const atNs = times[index] ?? 0
        if (atNs >= sinceNs && atNs <= nowNs) found.push({ value, weight: stride })
      }
    }
    return found
  }

  return Object.freeze<RollingSamples>({
    add,
    count: (nowNs, windowMs) => totalOf(within(nowNs, windowMs)),
    quantiles: (nowNs, windowMs) => {
      const sign = better === 'lower' ? 1 : -1
      return quantilesOf(within(nowNs, windowMs).sort((a, b) => sign * (a.value - b.value)))
    },
  })
}

/** Drops every second sample; what is left stands for twice as many. */
function thin(slice: Slice): void {
  slice.values = slice.values.filter((_, index) => index % 2 === 0)
  slice.times = slice.times.filter((_, index) => index % 2 === 0)
  slice.stride *= 2
}

function totalOf(samples: readonly Weighted[]): number {
  return samples.reduce((sum, { weight }) => sum + weight, 0)
}

/** Quantiles of samples that are sorted from the best to the worst. */
function quantilesOf(sorted: readonly Weighted[]): Quantiles | null {
  const worst = sorted.at(-1)
  if (!worst) return null
  const total = totalOf(sorted)
  const at = (level: number): number => {
    const rank = Math.floor(level * total)
    let passed = 0
    for (const { value, weight } of sorted) {
      passed += weight
      if (passed > rank) return value
    }
    return worst.value
  }
  return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) }
}
