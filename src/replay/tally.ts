import type { PicoUsd } from '../core/index.ts'
import type { OutcomeName, RequestRecord } from '../record/index.ts'

/** How far a run is. */
export interface Progress {
  readonly planned: number
  readonly sent: number
  readonly outcomes: Readonly<Record<OutcomeName, number>>
  /** Cost told by the answers so far; what is unknown is not in it. */
  readonly spent: PicoUsd
}

/** Counts requests as they are sent and finished. */
export interface Tally {
  sent(): void
  finished(record: RequestRecord): void
  progress(): Progress
  /**
   * What the run will have cost when everything in flight has ended, at the mean cost so far; 0 before the first
   * answer that told a cost.
   */
  projectedSpend(): PicoUsd
  /** Measured requests that ended, and those of them that succeeded. */
  measured(): { readonly ended: number; readonly ok: number }
  /** Schedule lag p99 over measured requests, microseconds; 0 without any. Warm-up is there to be late. */
  schedLagP99Us(): number
}

/** Starts counting at zero. */
export function createTally(planned: number): Tally {
  const outcomes = { ok: 0, error: 0, canceled: 0, truncated: 0 }
  const lagsUs: number[] = []
  let sent = 0
  let spent: PicoUsd = 0n
  let priced = 0n
  let ended = 0
  let measuredOk = 0
  return Object.freeze({
    sent: () => {
      sent++
    },
    finished: (record: RequestRecord) => {
      outcomes[record.outcome]++
      ended++
      if (record.phase === 'measure') {
        lagsUs.push(record.sched_lag_us)
        if (record.outcome === 'ok') measuredOk++
      }
      if (record.cost_usd === null) return
      spent += record.cost_usd
      priced++
    },
    progress: () => ({ planned, sent, outcomes: { ...outcomes }, spent }),
    projectedSpend: () => (priced === 0n ? 0n : spent + (spent * BigInt(sent - ended)) / priced),
    measured: () => ({ ended: lagsUs.length, ok: measuredOk }),
    schedLagP99Us: () => {
      const sorted = lagsUs.toSorted((a, b) => a - b)
      // The same quantile as in reports: sorted[⌊p·n⌋].
      return sorted[Math.floor(sorted.length * 0.99)] ?? 0
    },
  })
}
