/**
 * Time as an argument. Durations come from a monotonic counter; wall time is that counter plus one anchor
 * taken when the clock was made, so a wall-clock step never changes a duration or an order.
 */
export interface Clock {
  /** Monotonic nanoseconds since an arbitrary start, as an integer (exact for 104 days). */
  monoNs(): number
  /** Wall-clock microseconds since 1970 UTC, derived from the monotonic counter. */
  epochUs(): number
  /** Wall-clock microseconds of a stamp taken with `monoNs`. */
  toEpochUs(monoNs: number): number
  /**
   * Resolves at or just after the monotonic instant `dueNs`; at once when it has passed.
   * Rejects with the signal's reason when aborted first.
   */
  sleepUntil(dueNs: number, signal?: AbortSignal): Promise<void>
}

/** Nanoseconds in one millisecond. */
export const nsPerMs = 1_000_000
