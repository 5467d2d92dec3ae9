/**
 * Kolmogorov–Smirnov distance: the largest difference between the share of values up to a point and what the model
 * says. Values may repeat: where they do, the model is a step there, and is compared before and after the step.
 */
export function largestGap(values: readonly number[], cdf: (value: number) => number): number {
  const sorted = Float64Array.from(values).toSorted()
  const total = sorted.length
  let gap = 0
  let before = 0
  for (let at = 0; at < total; at++) {
    const value = sorted[at] ?? 0
    if (sorted[at + 1] === value) continue
    const isRepeated = at - before > 0
    const below = isRepeated ? cdf(value - 1) : cdf(value)
    gap = Math.max(gap, Math.abs((at + 1) / total - cdf(value)), Math.abs(below - before / total))
    before = at + 1
  }
  return gap
}

/** The lognormal distribution with that median and that standard deviation of the logarithm. */
export function lognormalCdf(median: number, sigma: number): (value: number) => number {
  return value => (value <= 0 ? 0 : normalCdf(Math.log(value / median) / sigma))
}

/** Standard normal distribution; error below 1e-7 (Abramowitz and Stegun 7.1.26 gives 1.5e-7 for erf). */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const erf = 1 - poly * Math.exp(-x * x)
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2
}
