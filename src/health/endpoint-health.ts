import type { BreakerState } from './breaker.ts'

/** Quantiles of what an endpoint did of late; by OpenRouter's reading, N % of requests did better than `pN`. */
export interface Quantiles {
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p99: number
}

/** Recent behaviour of one endpoint, as routing sees it. */
export interface EndpointHealth {
  /** Counted failures and successes within the outage window (30 s). */
  readonly recentErrors: number
  readonly recentSuccesses: number
  /** Monotonic nanoseconds until which the endpoint is in cool-down; 0 when it is not. */
  readonly coolDownUntilNs: number
  /** Circuit breaker; `half_open`: one request at a time may try whether the endpoint works again. */
  readonly breaker: BreakerState
  /**
   * Monotonic nanoseconds until which the breaker lets nobody through: the end of its open time, or of its patience
   * with the one request that tries; 0: it lets through.
   */
  readonly breakerUntilNs: number
  /** Time to first token over a rolling 5 minutes; null without data. */
  readonly ttftMs: Quantiles | null
  /** Samples behind `ttftMs`. */
  readonly ttftSamples: number
  /** Output tokens over the whole time of the answer, over a rolling 5 minutes; falls from p50 to p99. */
  readonly tokensPerSecond: Quantiles | null
  /** Attempts within 5 minutes that were answered, failed, or met a rate limit. */
  readonly attempts: number
  readonly failed: number
  readonly rateLimited: number
  /** Requests with tool calls within 2 hours, and those of them with a bad call (docs/routing.md, Quality). */
  readonly toolCallRequests: number
  readonly badToolCallRequests: number
  /** Successes in a hundred of the attempts that count, within 30 minutes; null below 100 of them. */
  readonly uptimePercent: number | null
  /** Successes and counted errors within 30 minutes. */
  readonly requestsIn30Min: number
}

/** An endpoint of which nothing is known. */
export const unknownHealth: EndpointHealth = Object.freeze({
  recentErrors: 0,
  recentSuccesses: 0,
  coolDownUntilNs: 0,
  breaker: 'closed',
  breakerUntilNs: 0,
  ttftMs: null,
  ttftSamples: 0,
  tokensPerSecond: null,
  attempts: 0,
  failed: 0,
  rateLimited: 0,
  toolCallRequests: 0,
  badToolCallRequests: 0,
  uptimePercent: null,
  requestsIn30Min: 0,
})

/** Whether an endpoint is tried, and since when. */
export interface EndpointState {
  /** `cooling`: it, or every key for it, is left alone for a while. `open` beats `cooling`, which beats `half_open`. */
  readonly state: BreakerState | 'cooling'
  /** Monotonic nanoseconds; minus infinity: always. */
  readonly sinceNs: number
  /** Until when nobody is let through; 0: it is tried. */
  readonly untilNs: number
  /** Sentence for people; empty when it is closed. */
  readonly reason: string
}
