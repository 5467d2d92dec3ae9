import { nsPerMs } from '../core/index.ts'
import { createCoolDown } from './cool-down.ts'
import { createEndpointStatistics, type HealthWindows, type RoutingQuantiles } from './health-windows.ts'
import type { BadToolCall } from './tool-call-quality.ts'
import type { EndpointHealth } from './types.ts'

/** The numbers of endpoint health. */
export interface HealthSettings {
  /** Window of the outage rule. */
  readonly outageWindowMs: number
  /** Window of the latency and throughput quantiles that routing reads; at most half an hour. */
  readonly metricsWindowMs: number
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
  errorsBeforeCoolDown: 3,
  errorCoolDownMs: 5_000,
  rateLimitCoolDownMs: 5_000,
  maxCoolDownMs: 600_000,
})

/** One finished attempt, as health sees it. */
export interface HealthEvent {
  readonly atNs: number
  /**
   * `error`: counts against uptime. `refused`: the host forbids it (403), which is no error but no use either.
   * `ignored`: the caller's doing (bad request, cancellation).
   */
  readonly result: 'ok' | 'error' | 'rate_limit' | 'refused' | 'ignored'
  readonly retryAfterMs: number | null
  readonly ttftMs: number | null
  /** Output tokens over the whole time of the answer. */
  readonly tokensPerSecond: number | null
}

/** Remembers how one endpoint behaved. Its memory is bounded. */
export interface HealthTracker {
  /** Takes in a finished attempt. */
  note(event: HealthEvent): void
  /** Takes in an answer that ended with tool calls; null: all of its calls were good. */
  noteToolCalls(bad: BadToolCall | null, atNs: number): void
  /**
   * What routing sees at `nowNs`. Counts follow every event; quantiles do up to 32 samples, and beyond are made anew
   * every hundredth of their window (3 s). The same object as before while nothing happened and the second is not over.
   */
  read(nowNs: number): EndpointHealth
  /** What people see at `nowNs`. Not cheap: for pages, not for decisions. */
  windows(nowNs: number): HealthWindows
}

/** An endpoint of which nothing is known. */
export const unknownHealth: EndpointHealth = Object.freeze({
  recentErrors: 0,
  recentSuccesses: 0,
  coolDownUntilNs: 0,
  ttftMs: null,
  tokensPerSecond: null,
  attempts: 0,
  failed: 0,
  rateLimited: 0,
  toolCallRequests: 0,
  badToolCallRequests: 0,
  uptimePercent: null,
  requestsIn30Min: 0,
})

/** Quantiles of up to so many samples follow every one of them; beyond, they wait for a hundredth of their window. */
const samplesFollowed = 32
const nsPerSecond = 1000 * nsPerMs

/** Starts to remember one endpoint. Time is an argument of each call. */
export function createHealthTracker(settings: HealthSettings): HealthTracker {
  const statistics = createEndpointStatistics(settings)
  const coolDown = createCoolDown(settings)
  let snapshot = unknownHealth
  /** Second of time in which the snapshot was made. */
  let madeIn = Number.NaN
  const waitNs = (settings.metricsWindowMs / 100) * nsPerMs
  let sortedAtNs = Number.NEGATIVE_INFINITY
  let quantiles: RoutingQuantiles = statistics.quantiles(0)
  let hasNews = false
  let hasSamples = false

  function quantilesAt(nowNs: number): RoutingQuantiles {
    const mayWait = quantiles.sorted > samplesFollowed && nowNs - sortedAtNs < waitNs
    if (mayWait || (!hasSamples && nowNs <= quantiles.holdUntilNs)) return quantiles
    quantiles = statistics.quantiles(nowNs)
    sortedAtNs = nowNs
    hasSamples = false
    return quantiles
  }

  function read(nowNs: number): EndpointHealth {
    const second = Math.floor(nowNs / nsPerSecond)
    const hasCooled = snapshot.coolDownUntilNs !== 0 && snapshot.coolDownUntilNs <= nowNs
    if (second === madeIn && !hasNews && !hasCooled) return snapshot
    const { ttftMs, tokensPerSecond } = quantilesAt(nowNs)
    const coolDownUntilNs = coolDown.untilNs(nowNs)
    snapshot = Object.freeze({ ...statistics.counts(nowNs), coolDownUntilNs, ttftMs, tokensPerSecond })
    madeIn = second
    hasNews = false
    return snapshot
  }

  return Object.freeze<HealthTracker>({
    note: event => {
      statistics.note(event)
      coolDown.note(event)
      hasNews = true
      hasSamples ||= event.result === 'ok'
    },
    noteToolCalls: (bad, atNs) => {
      statistics.noteToolCalls(bad, atNs)
      hasNews = true
    },
    read,
    windows: statistics.windows,
  })
}
