import type { Endpoint } from '../catalog/index.ts'
import type { EndpointHealth } from '../health/index.ts'

/** How good an endpoint is among its peers: 0 good, 1 not enough data, 2 clearly worse than they are. */
export type QualityTier = 0 | 1 | 2

/** An endpoint and how it did. */
export interface Peer {
  readonly endpoint: Endpoint
  readonly health: EndpointHealth
}

/** Least that a verdict needs (router contract, section 4.4). */
const fewestProviders = 4
const fewestRequests = 100
const fewestToolCallRequests = 200
/** Standard deviations below the median of the peers at which an endpoint is clearly worse. */
const throughputDeviations = 1.5
const toolSuccessDeviations = 2
/** The median absolute deviation of a normal distribution, times this, is its standard deviation. */
const deviationPerMad = 1.4826
/** Peers that are nearly alike must not make a hair's breadth a fault: least deviation, of the median or absolute. */
const leastThroughputDeviation = 0.05
const leastSuccessDeviation = 0.01

/** Part of an endpoint's tool-call answers without a bad call; null below 200 of them. Pure. */
export function toolSuccessOf({ toolCallRequests, badToolCallRequests }: EndpointHealth): number | null {
  return toolCallRequests < fewestToolCallRequests ? null : 1 - badToolCallRequests / toolCallRequests
}

/**
 * Makes the verdict on endpoints of one model from the numbers of all of them (docs/routing.md, Quality): clearly worse
 * is an endpoint whose throughput is 1.5, or whose tool success 2 standard deviations below the median, the deviation
 * being taken from the median absolute one. Good is one for which both could be judged. Pure.
 */
export function qualityTiers(peers: readonly Peer[]): (health: EndpointHealth) => QualityTier {
  const slowest = cutoffOf(peers, throughputOf, median => ({
    deviations: throughputDeviations,
    least: leastThroughputDeviation * median,
  }))
  const worst = cutoffOf(peers, toolSuccessOf, () => ({
    deviations: toolSuccessDeviations,
    least: leastSuccessDeviation,
  }))
  return health => {
    const speed = verdictOf(throughputOf(health), slowest)
    const calls = verdictOf(toolSuccessOf(health), worst)
    if (speed === 'poor' || calls === 'poor') return 2
    return speed === 'good' && calls === 'good' ? 0 : 1
  }
}

function throughputOf({ requestsIn30Min, tokensPerSecond }: EndpointHealth): number | null {
  return requestsIn30Min < fewestRequests ? null : (tokensPerSecond?.p50 ?? null)
}

function verdictOf(value: number | null, cutoff: number | null): 'good' | 'unknown' | 'poor' {
  if (value === null || cutoff === null) return 'unknown'
  return value < cutoff ? 'poor' : 'good'
}

/** null: too few providers have the metric. */
function cutoffOf(
  peers: readonly Peer[],
  metric: (health: EndpointHealth) => number | null,
  rule: (median: number) => { readonly deviations: number; readonly least: number },
): number | null {
  const known = peers.filter(({ health }) => metric(health) !== null)
  const providers = new Set(known.map(({ endpoint }) => endpoint.provider.id))
  if (providers.size < fewestProviders) return null
  const values = known.map(({ health }) => metric(health) ?? 0)
  const median = medianOf(values)
  const deviation = deviationPerMad * medianOf(values.map(value => Math.abs(value - median)))
  const { deviations, least } = rule(median)
  return median - deviations * Math.max(deviation, least)
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
