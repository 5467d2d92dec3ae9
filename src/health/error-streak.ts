import type { BreakerSettings } from './breaker.ts'
import { createRollingCounts } from './rolling-counts.ts'

/** The evidence against an endpoint since its breaker closed. */
export interface ErrorStreak {
  /** Takes in an attempt. Why the breaker opens, for people; null: it does not. Only an error opens it. */
  note(result: 'ok' | 'error', atNs: number): string | null
}

/** Starts to count errors in a row, and their share within the window. */
export function createErrorStreak(settings: BreakerSettings): ErrorStreak {
  const { errorsInRow, minAttempts, errorRatio, windowMs } = settings
  const counts = createRollingCounts({ kinds: ['ok', 'error'], windowMs, sliceMs: 1_000 })
  let inRow = 0
  return Object.freeze<ErrorStreak>({
    note: (result, atNs) => {
      counts.add(result, atNs)
      inRow = result === 'ok' ? 0 : inRow + 1
      if (result === 'ok') return null
      if (inRow >= errorsInRow) return `${inRow} errors in a row`
      const errors = counts.sum('error', atNs)
      const all = errors + counts.sum('ok', atNs)
      return all >= minAttempts && errors >= all * errorRatio ? `${errors} errors of ${all} attempts` : null
    },
  })
}
