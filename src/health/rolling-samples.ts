import { nsPerMs } from '../core/index.ts'
import type { Quantiles } from './endpoint-health.ts'

/** Samples of one measure over a window that moves with time. Its memory is bounded. */
export interface RollingSamples {
  add(value: number, atNs: number): void
  /** Quantiles of the last `windowMs`; null without a sample. */
  quantiles(nowNs: number, windowMs: number): SampledQuantiles
}

/** Quantiles, and how long they hold. */
export interface SampledQuantiles {
  readonly quantiles: Quantiles | null
  /** Samples that were sorted for them. */
  readonly sorted: number
  /** When the oldest of these samples leaves the window. */
  readonly holdUntilNs: number
}

/** How far back samples are kept. */
const slices = 31
const sliceNs = 60_000 * nsPerMs
/** Samples kept of one slice; beyond, every second of them is dropped, and so on. */
const maxPerSlice = 64

interface Slice {
  readonly slice: number
  /** How many arrivals each kept sample stands for. */
  stride: number
  arrivals: number
  values: number[]
  times: number[]
}

/**
 * Keeps samples of the last half hour: all of them up to 64 a minute, beyond that every 2nd, 4th, … of a minute.
 * Thinning is by arrival and not by chance, so the same events give the same numbers.
 *
 * @param better Which values are better. `pN` is what N % of requests do better than (value ⌊N % · n⌋ from the best):
 * times rise from p50 to p99, rates fall.
 */
export function createRollingSamples(better: 'lower' | 'higher'): RollingSamples {
  let kept: Slice[] = []

  function add(value: number, atNs: number): void {
    const slice = Math.floor(atNs / sliceNs)
    let current = kept.findLast(entry => entry.slice === slice)
    if (!current) {
      current = { slice, stride: 1, arrivals: 0, values: [], times: [] }
      kept = [...kept.filter(entry => entry.slice > slice - slices), current]
    }
    if (current.arrivals++ % current.stride !== 0) return
    current.values.push(value)
    current.times.push(atNs)
    if (current.values.length >= maxPerSlice) thin(current)
  }

  function quantiles(nowNs: number, windowMs: number): SampledQuantiles {
    const sinceNs = nowNs - windowMs * nsPerMs
    const current = kept.filter(({ slice }) => (slice + 1) * sliceNs >= sinceNs)
    // All slices are thinned like the one with the most arrivals, so that each sample stands for equally many.
    const stride = current.reduce((most, entry) => Math.max(most, entry.stride), 1)
    const found: number[] = []
    let oldestNs = Number.POSITIVE_INFINITY
    for (const { values, times, stride: own } of current) {
      for (let index = 0; index < values.length; index += stride / own) {
        const atNs = times[index] ?? 0
        if (atNs < sinceNs || atNs > nowNs) continue
        found.push(values[index] ?? 0)
        oldestNs = Math.min(oldestNs, atNs)
      }
    }
    const holdUntilNs = oldestNs + windowMs * nsPerMs
    return { quantiles: quantilesOf(found, better), sorted: found.length, holdUntilNs }
  }
  return Object.freeze({ add, quantiles })
}

/** Drops every second sample; what is left stands for twice as many arrivals. */
function thin(slice: Slice): void {
  slice.values = slice.values.filter((_, index) => index % 2 === 0)
  slice.times = slice.times.filter((_, index) => index % 2 === 0)
  slice.stride *= 2
}

function quantilesOf(values: readonly number[], better: 'lower' | 'higher'): Quantiles | null {
  if (values.length === 0) return null
  const rising = Float64Array.from(values).sort()
  const at = (level: number): number => {
    const place = Math.floor(level * rising.length)
    return rising[better === 'lower' ? place : rising.length - 1 - place] ?? 0
  }
  return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) }
}
