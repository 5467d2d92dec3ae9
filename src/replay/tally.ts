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
  /** Schedule lag p99 over measured requests, microseconds; 0 without any. Warm-up is there to be late. */
  schedLagP99Us(): number
}

/** Starts counting at zero. */
export function createTally(planned: number): Tally {
  const outcomes = { ok: 0, error: 0, canceled: 0, truncated: 0 }
  const lagsUs: number[] = []
  let sent = 0
  let spent: PicoUsd = 0n
  return Object.freeze({
    sent: () => {
      sent++
    },
    finished: (record: RequestRecord) => {
      outcomes[record.outcome]++
      if (record.phase === 'measure') lagsUs.push(record.sched_lag_us)
      spent += record.cost_usd ?? 0n
    },
    progress: () => ({ planned, sent, outcomes: { ...outcomes }, spent }),
    schedLagP99Us: () => {
      const sorted = lagsUs.toSorted((a, b) => a - b)
      return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0
    },
  })
}
