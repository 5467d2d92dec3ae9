import { createHistogram } from 'node:perf_hooks'

/** How late answers were written against their plan, in microseconds of real time. */
export interface WriteLagStats {
  readonly writes: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

/** Collects lags of writes. */
export interface WriteLag {
  record(lagNs: number): void
  reset(): void
  stats(): WriteLagStats
}

/** Makes an empty collection. */
export function createWriteLag(): WriteLag {
  const lags = createHistogram()
  return Object.freeze({
    record: (lagNs: number) => lags.record(Math.max(1, Math.round(lagNs / 1000))),
    reset: () => lags.reset(),
    stats: () => ({
      writes: lags.count,
      p50Us: lags.count === 0 ? 0 : lags.percentile(50),
      p99Us: lags.count === 0 ? 0 : lags.percentile(99),
      maxUs: lags.count === 0 ? 0 : lags.max,
    }),
  })
}
