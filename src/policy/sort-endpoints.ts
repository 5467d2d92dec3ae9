import { bandNote, type Contender } from './contender.ts'
import { type QualityTier, toolSuccessOf } from './exacto.ts'
import type { Candidate, SortMetric } from './types.ts'

/** What a strict order is made by. */
export interface SortOptions {
  readonly metric: SortMetric
  /** Needed for `exacto` only. */
  readonly qualityOf: (contender: Contender) => QualityTier
}

interface Entry {
  readonly contender: Contender
  /** Smaller is better; infinite without data. */
  readonly keys: readonly number[]
}

/**
 * Orders contenders by a metric, without chance: health band first, then the metric (p50 of five minutes), those
 * without data last, then price. `exacto`: quality tier, tool success in whole percents, throughput. Pure.
 */
export function sortEndpoints(contenders: readonly Contender[], options: SortOptions): readonly Candidate[] {
  return contenders
    .map(contender => ({ contender, keys: keysOf(contender, options) }))
    .sort(compare)
    .map(entry => candidateOf(entry, options))
}

function keysOf(contender: Contender, { metric, qualityOf }: SortOptions): readonly number[] {
  const { ttftMs, tokensPerSecond } = contender.health
  const speed = tokensPerSecond === null ? Number.POSITIVE_INFINITY : -tokensPerSecond.p50
  switch (metric) {
    case 'price':
      return [contender.price]
    case 'latency':
      return [ttftMs?.p50 ?? Number.POSITIVE_INFINITY]
    case 'throughput':
      return [speed]
    case 'exacto':
      return [qualityOf(contender), failedPercent(contender), speed]
  }
}

function failedPercent({ health }: Contender): number {
  const success = toolSuccessOf(health)
  return success === null ? Number.POSITIVE_INFINITY : Math.round(100 * (1 - success))
}

function compare(a: Entry, b: Entry): number {
  const byBand = a.contender.band - b.contender.band
  if (byBand !== 0) return byBand
  for (const [index, key] of a.keys.entries()) {
    const other = b.keys[index] ?? key
    // Not their difference: that of two infinities is no number.
    if (key !== other) return key < other ? -1 : 1
  }
  return a.contender.price - b.contender.price
}

const tierNames = ['good', 'not enough data', 'worse than its peers'] as const

function candidateOf({ contender, keys }: Entry, { metric, qualityOf }: SortOptions): Candidate {
  const { endpoint } = contender
  const note = bandNote(contender)
  if (metric === 'exacto') {
    const tier = qualityOf(contender)
    return { endpoint, score: tier, reason: `by exacto, ${tierNames[tier]}${note}` }
  }
  const value = keys[0] ?? Number.POSITIVE_INFINITY
  return Number.isFinite(value)
    ? { endpoint, score: Math.abs(value), reason: `by ${metric}${note}` }
    : { endpoint, score: 0, reason: `by ${metric}, no data yet${note}` }
}
