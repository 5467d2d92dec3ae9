/** Length of every rate window. */
export const windowMs = 60_000

/** How full a window is. */
export interface RateState {
  /** Admitted in the last 60 seconds. */
  readonly used: number
  /** Epoch milliseconds from which one more is admitted; now or earlier when one is admitted already. */
  readonly nextMs: number
}

/**
 * The requests admitted in the last 60 seconds. The window slides: no 60 seconds hold more than the limit, which
 * windows of the calendar minute cannot say. Time is an argument and never goes back. Holds at most as many stamps
 * as were added within one window.
 */
export interface RateWindow {
  read(limit: number, nowMs: number): RateState
  add(nowMs: number): void
  /** Stamps still in the window, oldest first. */
  times(nowMs: number): readonly number[]
}

/** Makes a window that has admitted `times` (ascending epoch milliseconds). */
export function createRateWindow(times: readonly number[] = []): RateWindow {
  let stamps = [...times]
  let first = 0

  function expire(nowMs: number): void {
    while (first < stamps.length && (stamps[first] ?? 0) <= nowMs - windowMs) first++
    // Cut in large pieces, so that each stamp is moved once at most.
    if (first < 32 || first * 2 < stamps.length) return
    stamps = stamps.slice(first)
    first = 0
  }

  function read(limit: number, nowMs: number): RateState {
    expire(nowMs)
    const used = stamps.length - first
    const blocking = stamps[stamps.length - limit]
    return { used, nextMs: used < limit || blocking === undefined ? nowMs : blocking + windowMs }
  }

  return Object.freeze<RateWindow>({
    read,
    add: nowMs => {
      expire(nowMs)
      stamps.push(nowMs)
    },
    times: nowMs => {
      expire(nowMs)
      return stamps.slice(first)
    },
  })
}
