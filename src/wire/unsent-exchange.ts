import { contentOf, emptyAnswer } from './answer.ts'
import { startStopwatch } from './stamps.ts'
import type { DeadlineName, Exchange, ExchangeOutcome } from './types.ts'

/** Why a call was not made. */
export interface Unsent {
  readonly outcome: ExchangeOutcome
  /** Monotonic nanoseconds. */
  readonly atNs: number
  /** When it may be made, where that is known. Default null. */
  readonly retryAfterMs?: number | null
  /** The deadline that passed before. Default null. */
  readonly deadline?: DeadlineName | null
}

/** The exchange of a call that was never made, for the records: it took no time and has no status. Pure. */
export function unsentExchange({ outcome, atNs, retryAfterMs = null, deadline = null }: Unsent): Exchange {
  return {
    ...contentOf(emptyAnswer(), null),
    outcome,
    wasSent: false,
    deadline,
    status: 0,
    headers: {},
    stamps: startStopwatch(atNs).stop(atNs),
    connection: { reused: false, connectNs: 0 },
    retryAfterMs,
  }
}
