/** Below these counts a tail quantile is little more than the maximum. */
const weakBelow = { p95: 20, p99: 100 }

/** Whether a tail quantile over `n` values stands on too few of them; never without values. Pure. */
export function isWeak(level: keyof typeof weakBelow, n: number): boolean {
  return n > 0 && n < weakBelow[level]
}

/** Marks weak numbers where there is no grey. */
export const weakMark = '°'

/** What the mark says. */
export const weakNote = 'too few values, little more than the maximum.'
