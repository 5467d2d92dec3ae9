import { type Contender, withBand } from './contender.ts'
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
  readonly key: number
  /** For equal keys. */
  readonly key2: number
  readonly key3: number
}

/**
 * Orders contenders by a metric, without chance: health band first, then the metric (p50 of five minutes), those
 * without data last, then price. `exacto`: quality tier, tool success in whole percents, throughput. Pure.
 */
export function sortEndpoints(contenders: readonly Contender[], options: SortOptions): readonly Candidate[] {
  const entries = contenders.map(contender => entryOf(contender, options))
  return entries.sort(compare).map(entry => candidateOf(entry, options.metric))
}

function entryOf(contender: Contender, { metric, qualityOf }: SortOptions): Entry {
  const { ttftMs, tokensPerSecond } = contender.health
  const entry = { contender, key: contender.price, key2: 0, key3: 0 }
  const speed = tokensPerSecond === null ? Number.POSITIVE_INFINITY : -tokensPerSecond.p50
  switch (metric) {
    case 'price':
      return entry
    case 'latency':
      return { ...entry, key: ttftMs?.p50 ?? Number.POSITIVE_INFINITY }
    case 'throughput':
      return { ...entry, key: speed }
    case 'exacto':
      return { contender, key: qualityOf(contender), key2: failedPercent(contender), key3: speed }
  }
}

function failedPercent({ health }: Contender): number {
  const success = toolSuccessOf(health)
  return success === null ? Number.POSITIVE_INFINITY : Math.round(100 * (1 - success))
}

function compare(a: Entry, b: Entry): number {
  return (
    a.contender.band - b.contender.band ||
    compareKeys(a.key, b.key) ||
    compareKeys(a.key2, b.key2) ||
    compareKeys(a.key3, b.key3) ||
    a.contender.price - b.contender.price
  )
}

/** Not their difference: that of two infinities is no number. */
function compareKeys(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function candidateOf({ contender, key }: Entry, metric: SortMetric): Candidate {
  const { endpoint } = contender
  const hasData = Number.isFinite(key)
  const reason =
    metric === 'exacto' ? qualityReason(key) : hasData ? `by ${metric}` : `by ${metric}, no data yet`
  return { endpoint, score: hasData ? Math.abs(key) : 0, reason: withBand(reason, contender) }
}

function qualityReason(tier: number): string {
  if (tier === 0) return 'by exacto, good'
  return tier === 1 ? 'by exacto, not enough data' : 'by exacto, worse than its peers'
}
