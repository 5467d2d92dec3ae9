/** What a UInt32 column holds: 71 minutes of microseconds. */
const largestUs = 2 ** 32 - 1

/** Nanoseconds as whole microseconds for a `*_us` column: at least 0, at most what the column holds. Pure. */
export function toUs(ns: number): number {
  return Math.min(Math.max(Math.round(ns / 1000), 0), largestUs)
}

/** Microseconds from one instant to another that may not have happened, both in nanoseconds. Pure. */
export function sinceUs(fromNs: number, toNs: number | null): number | null {
  return toNs === null ? null : toUs(toNs - fromNs)
}
