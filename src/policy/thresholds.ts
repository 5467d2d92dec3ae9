import type { Cutoffs, EndpointHealth, ProviderPreferences, Quantiles } from './types.ts'

const levels = ['p50', 'p75', 'p90', 'p99'] as const

/**
 * Why an endpoint stands behind all that meet the request's cut-offs (`preferred_min_throughput`,
 * `preferred_max_latency`); null: it meets them. All cut-offs must hold. An endpoint without data meets them: nothing
 * speaks against it, and standing last it would never get data. Pure.
 */
export function missedCutoff(health: EndpointHealth, preferences: ProviderPreferences): string | null {
  const { minThroughput, maxLatencyMs } = preferences
  const slow = missed(health.tokensPerSecond, minThroughput, (value, least) => value < least)
  if (slow) return `throughput ${slow.level} of ${round(slow.value)} tokens/s is below ${slow.cutoff}`
  const late = missed(health.ttftMs, maxLatencyMs, (value, most) => value > most)
  return late ? `latency ${late.level} of ${round(late.value)} ms is above ${round(late.cutoff)} ms` : null
}

function missed(
  quantiles: Quantiles | null,
  cutoffs: Cutoffs | null,
  isMiss: (value: number, cutoff: number) => boolean,
): { readonly level: string; readonly value: number; readonly cutoff: number } | null {
  if (quantiles === null || cutoffs === null) return null
  for (const level of levels) {
    const cutoff = cutoffs[level]
    if (cutoff !== null && isMiss(quantiles[level], cutoff)) return { level, value: quantiles[level], cutoff }
  }
  return null
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
