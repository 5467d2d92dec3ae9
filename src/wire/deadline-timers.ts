import { type ExchangeError, errorOf } from './classify.ts'
import type { ErrorType } from './error-classes.ts'
import type { DeadlineName, Deadlines } from './types.ts'

/** Runs the deadlines of one exchange; `onExpired` is called at most once. */
export interface DeadlineTimers {
  /** The request is on its connection: the connect deadline is met. */
  connected(): void
  /** Headers arrived: the headers deadline is met. */
  headers(): void
  /** Bytes arrived: the idle deadline starts again. */
  activity(): void
  /** A token arrived: the first-token deadline is met, and the stall deadline starts again. */
  token(): void
  /** Nobody listens, so silence is nobody's: the idle and stall deadlines rest. */
  hold(): void
  /** They start again. */
  release(): void
  stop(): void
}

/** What passed, and which deadline of how many milliseconds that was. */
export type OnExpired = (error: ExchangeError, deadline: DeadlineName, ms: number) => void

/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1

/** The error of each deadline. Silence and tokens that fail to come are one failure to everyone else. */
const errorTypes = {
  connect: 'timeout_connect',
  headers: 'timeout_headers',
  first_token: 'timeout_first_token',
  idle: 'timeout_idle',
  attempt: 'timeout_total',
  request: 'timeout_request',
} as const satisfies Readonly<Record<DeadlineName, ErrorType>>

/** Starts the deadlines that are set, at most 24.8 days long. Real timers: a deadline is not part of any measured figure. */
export function startDeadlines(deadlines: Deadlines, onExpired: OnExpired): DeadlineTimers {
  const after = (ms: number | null | undefined, name: DeadlineName, what: string) =>
    ms === null || ms === undefined
      ? undefined
      : setTimeout(() => expire(name, ms, what), Math.min(ms, longestTimerMs))
  const timers = {
    connect: after(deadlines.connectMs, 'connect', 'no connection'),
    headers: after(deadlines.headersMs, 'headers', 'no response headers'),
    firstToken: after(deadlines.firstTokenMs, 'first_token', 'no token'),
    attempt: after(deadlines.totalMs, 'attempt', 'no whole answer'),
    request: after(deadlines.requestMs, 'request', 'no whole answer to the request'),
    idle: undefined as NodeJS.Timeout | undefined,
    stall: undefined as NodeJS.Timeout | undefined,
  }
  const startIdle = () => after(deadlines.idleMs, 'idle', 'silence: nothing more')
  const startStall = () => after(deadlines.stallMs, 'idle', 'stalled: no further token')
  const stop = () => Object.values(timers).forEach(clearTimeout)

  function expire(name: DeadlineName, ms: number, what: string): void {
    stop()
    onExpired(errorOf(errorTypes[name], `${what} within ${ms} ms`), name, ms)
  }
  return {
    connected: () => clearTimeout(timers.connect),
    headers: () => clearTimeout(timers.headers),
    activity: () => {
      timers.idle = timers.idle?.refresh() ?? startIdle()
    },
    token: () => {
      clearTimeout(timers.firstToken)
      timers.stall = timers.stall?.refresh() ?? startStall()
    },
    hold: () => {
      clearTimeout(timers.idle)
      clearTimeout(timers.stall)
    },
    release: () => {
      // A timer that was cleared cannot be refreshed.
      if (timers.idle) timers.idle = startIdle()
      if (timers.stall) timers.stall = startStall()
    },
    stop,
  }
}
