import { type ExchangeError, type ErrorType, errorOf } from './classify.ts'
import type { Deadlines } from './types.ts'

/** Runs the deadlines of one exchange; `onExpired` is called at most once. */
export interface DeadlineTimers {
  /** Headers arrived: the headers deadline is met. */
  headers(): void
  /** Bytes arrived: the idle deadline starts again. */
  activity(): void
  /** The first token arrived: the first-token deadline is met. */
  firstToken(): void
  stop(): void
}

/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1

/** Starts the deadlines that are set, at most 24.8 days long. Real timers: a deadline is not part of any measured figure. */
export function startDeadlines(
  deadlines: Deadlines,
  onExpired: (error: ExchangeError) => void,
): DeadlineTimers {
  const after = (ms: number | null, errorType: ErrorType) =>
    ms === null ? undefined : setTimeout(() => expire(errorType, ms), Math.min(ms, longestTimerMs))
  const timers = {
    headers: after(deadlines.headersMs, 'timeout_headers'),
    firstToken: after(deadlines.firstTokenMs, 'timeout_first_token'),
    total: after(deadlines.totalMs, 'timeout_total'),
    idle: undefined as NodeJS.Timeout | undefined,
  }
  const stop = () => Object.values(timers).forEach(clearTimeout)

  function expire(errorType: ErrorType, ms: number): void {
    stop()
    onExpired(
      errorOf(errorType, `no answer within the ${errorType.replace('timeout_', '')} deadline of ${ms} ms`),
    )
  }
  return {
    headers: () => clearTimeout(timers.headers),
    activity: () => {
      if (timers.idle) timers.idle.refresh()
      else timers.idle = after(deadlines.idleMs, 'timeout_idle')
    },
    firstToken: () => clearTimeout(timers.firstToken),
    stop,
  }
}
