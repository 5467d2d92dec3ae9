import { nsPerMs } from '../core/index.ts'
import type { HealthEvent, HealthSettings } from './health.ts'

/** Whether an endpoint is left alone for a while. */
export interface CoolDown {
  note(event: HealthEvent): void
  /** Instant at which it ends; 0 when it is over or never began. */
  untilNs(nowNs: number): number
}

/**
 * Makes the cool-down of one endpoint: after a failure that named a wait, for that long; after a rate limit that named
 * none and after several errors in a row, for the settings' times. It is extended, never shortened; a success ends a
 * row of errors but not a running cool-down (it may answer a call made before the trouble).
 */
export function createCoolDown(settings: HealthSettings): CoolDown {
  let errorsInRow = 0
  let endsNs = 0
  return Object.freeze<CoolDown>({
    note: event => {
      errorsInRow = errorsInRowAfter(errorsInRow, event.result)
      const waitMs = waitOf(event, errorsInRow, settings)
      if (waitMs !== null) endsNs = Math.max(endsNs, event.atNs + waitMs * nsPerMs)
    },
    untilNs: nowNs => (endsNs > nowNs ? endsNs : 0),
  })
}

function errorsInRowAfter(errorsInRow: number, result: HealthEvent['result']): number {
  if (result === 'ok') return 0
  return result === 'error' || result === 'refused' ? errorsInRow + 1 : errorsInRow
}

function waitOf(event: HealthEvent, errorsInRow: number, settings: HealthSettings): number | null {
  if (event.result === 'ok' || event.result === 'ignored') return null
  if (event.retryAfterMs !== null) return Math.min(event.retryAfterMs, settings.maxCoolDownMs)
  if (event.result === 'rate_limit') return settings.rateLimitCoolDownMs
  return errorsInRow >= settings.errorsBeforeCoolDown ? settings.errorCoolDownMs : null
}
