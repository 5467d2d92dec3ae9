import { nsPerMs } from '../core/index.ts'
import type { EndpointHealth, Quantiles } from './types.ts'

/** The numbers of endpoint health. */
export interface HealthSettings {
  /** Window of the outage rule. */
  readonly outageWindowMs: number
  /** Window of the latency and throughput medians. */
  readonly metricsWindowMs: number
  /** Newest samples kept for the medians. */
  readonly maxSamples: number
  /** Counted errors in a row that start a cool-down. */
  readonly errorsBeforeCoolDown: number
  readonly errorCoolDownMs: number
  /** Cool-down after a rate limit that named no wait. */
  readonly rateLimitCoolDownMs: number
  /** Longest cool-down a provider can ask for. */
  readonly maxCoolDownMs: number
}

/** Defaults; the two windows are OpenRouter's, the cool-down figures are ours. */
export const defaultHealthSettings: HealthSettings = Object.freeze({
  outageWindowMs: 30_000,
  metricsWindowMs: 300_000,
  maxSamples: 100,
  errorsBeforeCoolDown: 3,
  errorCoolDownMs: 5_000,
  rateLimitCoolDownMs: 5_000,
  maxCoolDownMs: 600_000,
})

/** One finished attempt, as health sees it. */
export interface HealthEvent {
  readonly atNs: number
  /** `error`: counts against uptime. `ignored`: the caller's doing (bad request, cancellation). */
  readonly result: 'ok' | 'error' | 'rate_limit' | 'ignored'
  readonly retryAfterMs: number | null
  readonly ttftMs: number | null
  readonly tokensPerSecond: number | null
}

interface Second {
  readonly second: number
  readonly errors: number
  readonly successes: number
}

interface Sample {
  readonly atNs: number
  readonly ttftMs: number | null
  readonly tokensPerSecond: number | null
}

/** What is remembered of one endpoint; a value, bounded in size. */
export interface HealthState {
  /** Counts per second, oldest first; at most one more than the outage window has seconds. */
  readonly seconds: readonly Second[]
  readonly samples: readonly Sample[]
  /** Medians of `samples`, kept because they are read far more often than they change. */
  readonly ttftP50Ms: number | null
  readonly tokensPerSecondP50: number | null
  readonly errorsInRow: number
  readonly coolDownUntilNs: number
}

/** An endpoint of which nothing is known. */
export const freshHealth: HealthState = Object.freeze({
  seconds: [],
  samples: [],
  ttftP50Ms: null,
  tokensPerSecondP50: null,
  errorsInRow: 0,
  coolDownUntilNs: 0,
})

const nsPerSecond = 1000 * nsPerMs

/**
 * The state after one more finished attempt. A cool-down is extended, never shortened; a success ends a row of
 * errors but not a running cool-down (it may answer a call made before the trouble). Pure.
 */
export function updateHealth(state: HealthState, event: HealthEvent, settings: HealthSettings): HealthState {
  if (event.result === 'ignored') return state
  const errorsInRow = errorsInRowAfter(state, event)
  const coolDownMs = coolDownOf(event, errorsInRow, settings)
  const coolDownUntilNs = coolDownMs === null ? 0 : event.atNs + coolDownMs * nsPerMs
  return {
    seconds: countEvent(state.seconds, event, settings),
    ...(event.result === 'ok' ? addSample(state.samples, event, settings) : samplesOf(state)),
    errorsInRow,
    coolDownUntilNs: Math.max(state.coolDownUntilNs, coolDownUntilNs),
  }
}

/**
 * What routing sees of an endpoint at `nowNs`. The outage window is counted in whole seconds; medians are those of
 * the last success, and gone when that lies before the window. Pure.
 */
export function readHealth(state: HealthState, nowNs: number, settings: HealthSettings): EndpointHealth {
  const firstSecond = Math.floor((nowNs - settings.outageWindowMs * nsPerMs) / nsPerSecond)
  const recent = state.seconds.filter(entry => entry.second >= firstSecond)
  const newestNs = state.samples.at(-1)?.atNs ?? Number.NEGATIVE_INFINITY
  const isFresh = nowNs - newestNs <= settings.metricsWindowMs * nsPerMs
  return {
    recentErrors: recent.reduce((sum, entry) => sum + entry.errors, 0),
    recentSuccesses: recent.reduce((sum, entry) => sum + entry.successes, 0),
    coolDownUntilNs: state.coolDownUntilNs > nowNs ? state.coolDownUntilNs : 0,
    ttftMs: isFresh ? allOf(state.ttftP50Ms) : null,
    tokensPerSecond: isFresh ? allOf(state.tokensPerSecondP50) : null,
    attempts: 0,
    rateLimited: 0,
    toolCallRequests: 0,
    badToolCallRequests: 0,
    uptimePercent: null,
  }
}

function allOf(value: number | null): Quantiles | null {
  return value === null ? null : { p50: value, p75: value, p90: value, p99: value }
}

type Samples = Pick<HealthState, 'samples' | 'ttftP50Ms' | 'tokensPerSecondP50'>

function samplesOf({ samples, ttftP50Ms, tokensPerSecondP50 }: HealthState): Samples {
  return { samples, ttftP50Ms, tokensPerSecondP50 }
}

function addSample(samples: readonly Sample[], event: HealthEvent, settings: HealthSettings): Samples {
  const { atNs, ttftMs, tokensPerSecond } = event
  const sinceNs = atNs - settings.metricsWindowMs * nsPerMs
  const kept = [...samples.slice(1 - settings.maxSamples), { atNs, ttftMs, tokensPerSecond }].filter(
    sample => sample.atNs >= sinceNs,
  )
  return {
    samples: kept,
    ttftP50Ms: median(kept.map(sample => sample.ttftMs)),
    tokensPerSecondP50: median(kept.map(sample => sample.tokensPerSecond)),
  }
}

function errorsInRowAfter(state: HealthState, { result }: HealthEvent): number {
  if (result === 'ok') return 0
  return result === 'error' ? state.errorsInRow + 1 : state.errorsInRow
}

function coolDownOf(event: HealthEvent, errorsInRow: number, settings: HealthSettings): number | null {
  if (event.result === 'ok') return null
  if (event.retryAfterMs !== null) return Math.min(event.retryAfterMs, settings.maxCoolDownMs)
  if (event.result === 'rate_limit') return settings.rateLimitCoolDownMs
  return errorsInRow >= settings.errorsBeforeCoolDown ? settings.errorCoolDownMs : null
}

/** 429 is shown beside uptime, not in it (docs/metrics.md), so it is no outage either. */
function countEvent(
  seconds: readonly Second[],
  event: HealthEvent,
  settings: HealthSettings,
): readonly Second[] {
  if (event.result === 'rate_limit') return seconds
  const second = Math.floor(event.atNs / nsPerSecond)
  const keepFrom = second - Math.ceil(settings.outageWindowMs / 1000)
  const kept = seconds.filter(entry => entry.second >= keepFrom && entry.second !== second)
  const current = seconds.find(entry => entry.second === second) ?? { second, errors: 0, successes: 0 }
  const isError = event.result === 'error'
  return [
    ...kept,
    { second, errors: current.errors + Number(isError), successes: current.successes + Number(!isError) },
  ]
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter(value => value !== null).toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
