import { nsPerMs } from '../core/index.ts'

/** Whether an endpoint or a key is left alone for a while. */
export interface CoolDown {
  /** Leaves it alone from `atNs` on for `waitMs`: extends what runs, never shortens it. */
  extend(atNs: number, waitMs: number, why: string): void
  /** Instant at which it ends; 0 when it is over or never began. */
  untilNs(nowNs: number): number
  /** The latest one: when it began, when it ends or ended, and why; minus infinity when there was none. */
  latest(): { readonly sinceNs: number; readonly untilNs: number; readonly reason: string }
}

/** Makes a cool-down that has not begun. Nothing but time ends it: a success may answer a call made before the trouble. */
export function createCoolDown(): CoolDown {
  let sinceNs = Number.NEGATIVE_INFINITY
  let untilNs = Number.NEGATIVE_INFINITY
  let reason = ''
  return Object.freeze<CoolDown>({
    extend: (atNs, waitMs, why) => {
      const endNs = atNs + waitMs * nsPerMs
      if (endNs <= untilNs) return
      if (atNs >= untilNs) sinceNs = atNs
      untilNs = endNs
      reason = why
    },
    untilNs: nowNs => (untilNs > nowNs ? untilNs : 0),
    latest: () => ({ sinceNs, untilNs, reason }),
  })
}
