import type { ModelContenders } from './decide.ts'
import type { EndpointHealth, Quantiles } from '../health/index.ts'
import type { Candidate, Cutoffs, ProviderPreferences } from './types.ts'

const levels = ['p50', 'p75', 'p90', 'p99'] as const

/** Which cut-off an endpoint misses, by its id. */
type Missed = ReadonlyMap<string, string>

/** Candidate models with the endpoints that meet the request's cut-offs, and with those that do not. */
export interface Split {
  readonly kept: readonly ModelContenders[]
  /** Empty when no endpoint misses any. */
  readonly late: readonly ModelContenders[]
  readonly missed: Missed
}

/** Parts endpoints by the cut-offs of the request. Nobody is excluded. Pure. */
export function splitByCutoffs(groups: readonly ModelContenders[], preferences: ProviderPreferences): Split {
  const missed = new Map<string, string>()
  if (preferences.minThroughput === null && preferences.maxLatencyMs === null)
    return { kept: groups, late: [], missed }
  for (const { contenders } of groups) {
    for (const { endpoint, health } of contenders) {
      const cutoff = missedCutoff(health, preferences)
      if (cutoff !== null) missed.set(endpoint.id, cutoff)
    }
  }
  if (missed.size === 0) return { kept: groups, late: [], missed }
  const part = (isLate: boolean) =>
    groups.map(group => ({
      ...group,
      contenders: group.contenders.filter(({ endpoint }) => missed.has(endpoint.id) === isLate),
    }))
  return { kept: part(false), late: part(true), missed }
}

/** A candidate with the reason why it stands behind the others. Pure. */
export function withCutoffNote(candidate: Candidate, missed: Missed): Candidate {
  const { endpoint, score, reason } = candidate
  return { endpoint, score, reason: `${reason}; behind the others: ${missed.get(endpoint.id) ?? ''}` }
}

/**
 * Why an endpoint stands behind all that meet the request's cut-offs (`preferred_min_throughput`,
 * `preferred_max_latency`); null: it meets them. All cut-offs must hold. An endpoint without data meets them: nothing
 * speaks against it, and standing last it would never get data. Pure.
 */
function missedCutoff(health: EndpointHealth, preferences: ProviderPreferences): string | null {
  const { minThroughput, maxLatencyMs } = preferences
  const slow = firstMiss(health.tokensPerSecond, minThroughput, (value, least) => value < least)
  if (slow) return `throughput ${slow.level} of ${round(slow.value)} tokens/s is below ${slow.cutoff}`
  const late = firstMiss(health.ttftMs, maxLatencyMs, (value, most) => value > most)
  return late ? `latency ${late.level} of ${round(late.value)} ms is above ${round(late.cutoff)} ms` : null
}

function firstMiss(
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
  return Math.round(value * 10) / 10
}
