import { type BreakerSettings, defaultBreakerSettings } from './breaker.ts'

/** The numbers of endpoint health. */
export interface HealthSettings {
  /** Window of the outage rule. */
  readonly outageWindowMs: number
  /** Window of the latency and throughput quantiles that routing reads; at most half an hour. */
  readonly metricsWindowMs: number
  readonly breaker: BreakerSettings
  /** Cool-down after a rate limit that named no wait. */
  readonly rateLimitCoolDownMs: number
  /** Cool-down of an API key that no endpoint would take: unknown, or without money. */
  readonly keyCoolDownMs: number
  /** Refusals in a row (403) that start a cool-down of the key at the endpoint. */
  readonly refusalsBeforeCoolDown: number
  readonly refusalCoolDownMs: number
  /** Longest cool-down a provider can ask for. */
  readonly maxCoolDownMs: number
}

/** Defaults; the two windows are OpenRouter's, the other figures are ours. */
export const defaultHealthSettings: HealthSettings = Object.freeze({
  outageWindowMs: 30_000,
  metricsWindowMs: 300_000,
  breaker: defaultBreakerSettings,
  rateLimitCoolDownMs: 5_000,
  keyCoolDownMs: 60_000,
  refusalsBeforeCoolDown: 3,
  refusalCoolDownMs: 5_000,
  maxCoolDownMs: 600_000,
})
