/** What a run knows of its own conduct. */
export interface RunConduct {
  readonly planned: number
  readonly sent: number
  readonly measured: { readonly ended: number; readonly ok: number }
  /** Schedule lag of measured requests, microseconds. */
  readonly schedLagP99Us: number
  /** Event-loop delay of the replayer, p99, microseconds. */
  readonly loopDelayP99Us: number
  /** CPU time over wall time of the replayer. */
  readonly cpuRatio: number
  readonly recordsDropped: number
  /** Why it stopped before its plan was done; null when it did not. */
  readonly stopped: 'interrupted' | 'budget' | null
}

/** Whether a run may be believed. */
export interface Validity {
  readonly verdict: 'valid' | 'invalid'
  readonly reasons: readonly string[]
}

/**
 * Bounds past which a run measured its own client instead of the target.
 * Wide enough for a shared 2-core machine, narrow against the hundreds of milliseconds of a first token.
 */
const validityBounds = { schedLagP99Us: 25_000, loopDelayP99Us: 25_000, cpuRatio: 0.9 } as const

/** Judges a run by stated bounds. Pure. */
export function judgeRun(conduct: RunConduct): Validity {
  const { schedLagP99Us: lag, loopDelayP99Us: delay, cpuRatio } = conduct
  const bounds = validityBounds
  const reasons = [
    conduct.stopped === 'interrupted' && 'interrupted before its plan was done',
    conduct.stopped === 'budget' && 'stopped by its budget before its plan was done',
    conduct.stopped === null &&
      conduct.sent < conduct.planned &&
      `sent ${conduct.sent} of ${conduct.planned} planned requests`,
    conduct.measured.ended > 0 && conduct.measured.ok === 0 && 'no measured request succeeded',
    lag > bounds.schedLagP99Us && `schedule lag p99 ${ms(lag)} exceeds ${ms(bounds.schedLagP99Us)}`,
    delay > bounds.loopDelayP99Us && `event-loop delay p99 ${ms(delay)} exceeds ${ms(bounds.loopDelayP99Us)}`,
    cpuRatio > bounds.cpuRatio &&
      `the replayer used ${(cpuRatio * 100).toFixed(0)} % of a core, more than ${bounds.cpuRatio * 100} %`,
    conduct.recordsDropped > 0 && `${conduct.recordsDropped} records were lost`,
  ].filter(reason => reason !== false)
  return { verdict: reasons.length === 0 ? 'valid' : 'invalid', reasons }
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`
}
