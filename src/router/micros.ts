const largest = 2 ** 32 - 1

/** Nanoseconds to whole microseconds, within what the columns hold. */
export function toUs(ns: number): number {
  return Math.min(Math.max(Math.round(ns / 1000), 0), largest)
}

/** Microseconds from one instant to another that may not have happened. */
export function sinceUs(fromNs: number, toNs: number | null): number | null {
  return toNs === null ? null : toUs(toNs - fromNs)
}
