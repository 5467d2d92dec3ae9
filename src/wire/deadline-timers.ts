import { type ExchangeError, type ErrorType, errorOf } from './classify.ts'
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
  stop(): void
}

/** What passed, and which deadline that was. */
export type OnExpired = (error: ExchangeError, deadline: DeadlineName) => void

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
      : setTimeout(() => expire(name, `${what} within ${ms} ms`), Math.min(ms, longestTimerMs))
  const timers = {
    connect: after(deadlines.connectMs, 'connect', 'no connection'),
    headers: after(deadlines.headersMs, 'headers', 'no response headers'),
    firstToken: after(deadlines.firstTokenMs, 'first_token', 'no token'),
    attempt: after(deadlines.totalMs, 'attempt', 'no whole answer'),
    request: after(deadlines.requestMs, 'request', 'no whole answer to the request'),
    idle: undefined as NodeJS.Timeout | undefined,
    stall: undefined as NodeJS.Timeout | undefined,
  }
  const stop = () => Object.values(timers).forEach(clearTimeout)

  function expire(name: DeadlineName, message: string): void {
    stop()
    onExpired(errorOf(errorTypes[name], message), name)
  }
  return {
    connected: () => clearTimeout(timers.connect),
    headers: () => clearTimeout(timers.headers),
    activity: () => {
      timers.idle = timers.idle?.refresh() ?? after(deadlines.idleMs, 'idle', 'silence: nothing more')
    },
    token: () => {
      clearTimeout(timers.firstToken)
      timers.stall = timers.stall?.refresh() ?? after(deadlines.stallMs, 'idle', 'stalled: no further token')
    },
    stop,
  }
}
