import type { Rng } from '../core/index.ts'
import type { Arrivals } from './scenario-types.ts'

const nsPerSecond = 1_000_000_000

/**
 * When the starts of a run are due, in nanoseconds after its start; null in a closed loop. Pure.
 *
 * Constant: the i-th start at i/rate exactly. Poisson: independent exponential gaps with mean 1/rate, the
 * first one before the first start. Recorded: recorded time / speed. In the first two the arms take turns,
 * so the rate is that of all arms together; recorded, the arms of an item start together.
 *
 * @param options.startsMs The recorded start of each item; null where the process decides.
 * @returns For each item one due time per arm, in order of release.
 */
export function dueTimes(options: {
  readonly arrivals: Arrivals
  readonly startsMs: readonly (number | null)[]
  readonly arms: number
  readonly rng: Rng
}): readonly (readonly (number | null)[])[] {
  const { startsMs, arms } = options
  const next = nextDue(options.arrivals, options.rng)
  return startsMs.map(startMs => Array.from({ length: arms }, () => next(startMs ?? 0)))
}

function nextDue(arrivals: Arrivals, rng: Rng): (startMs: number) => number | null {
  let started = 0
  let seconds = 0
  switch (arrivals.kind) {
    case 'closed':
      return () => null
    case 'constant':
      return () => Math.round((started++ * nsPerSecond) / arrivals.ratePerSecond)
    case 'poisson':
      return () => {
        seconds += rng.exponential(1 / arrivals.ratePerSecond)
        return Math.round(seconds * nsPerSecond)
      }
    case 'recorded':
      return startMs => Math.round((startMs * 1_000_000) / arrivals.speed)
  }
}
