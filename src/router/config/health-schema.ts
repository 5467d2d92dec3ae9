import { z } from 'zod'
import type { HealthSettings } from '../../health/index.ts'
import { defaultRouterSettings } from '../settings.ts'
import { count, timerMs } from './scalars.ts'

const { health: defaults } = defaultRouterSettings

const breaker = z
  .strictObject({
    errors_in_row: count.default(defaults.breaker.errorsInRow).describe('Errors in a row that open it.'),
    error_ratio: z
      .number()
      .positive()
      .max(1)
      .default(defaults.breaker.errorRatio)
      .describe('Share of errors within window_ms that opens it, of at least min_attempts.'),
    min_attempts: count.default(defaults.breaker.minAttempts).describe('See error_ratio.'),
    window_ms: timerMs.max(600_000).default(defaults.breaker.windowMs).describe('See error_ratio.'),
    open_ms: timerMs.default(defaults.breaker.openMs).describe('How long it is open at first.'),
    max_open_ms: timerMs
      .default(defaults.breaker.maxOpenMs)
      .describe('Bound on that time, which doubles whenever it opens again soon.'),
    probe_ms: timerMs
      .default(defaults.breaker.probeMs)
      .describe('How long the one request that tries a half-open endpoint may be without a result.'),
  })
  .prefault({})
  .describe('The circuit breaker of an endpoint.')

/** `health`: when an endpoint or a key is left alone. */
export const healthSchema = z
  .strictObject({
    outage_window_ms: timerMs
      .max(600_000)
      .default(defaults.outageWindowMs)
      .describe('Window of the outage rule.'),
    metrics_window_ms: timerMs
      .max(1_800_000)
      .default(defaults.metricsWindowMs)
      .describe('Window of the latency and throughput that routing reads.'),
    breaker,
    rate_limit_cool_down_ms: timerMs
      .default(defaults.rateLimitCoolDownMs)
      .describe('Cool-down after a rate limit that named no wait.'),
    key_cool_down_ms: timerMs
      .default(defaults.keyCoolDownMs)
      .describe('Cool-down of an API key that was refused (401, 402).'),
    refusals_before_cool_down: count
      .default(defaults.refusalsBeforeCoolDown)
      .describe('Refusals in a row (403) that start a cool-down of the key at the endpoint.'),
    refusal_cool_down_ms: timerMs.default(defaults.refusalCoolDownMs).describe('Cool-down after such a row.'),
    max_cool_down_ms: timerMs
      .default(defaults.maxCoolDownMs)
      .describe('Longest cool-down that a provider can ask for.'),
  })
  .prefault({})
  .describe('When an endpoint counts as ill. A change makes the health of all endpoints begin anew.')

/** Health as the router uses it. Pure. */
export function healthOf(health: z.output<typeof healthSchema>): HealthSettings {
  const own = health.breaker
  return {
    outageWindowMs: health.outage_window_ms,
    metricsWindowMs: health.metrics_window_ms,
    breaker: {
      errorsInRow: own.errors_in_row,
      errorRatio: own.error_ratio,
      minAttempts: own.min_attempts,
      windowMs: own.window_ms,
      openMs: own.open_ms,
      maxOpenMs: own.max_open_ms,
      probeMs: own.probe_ms,
    },
    rateLimitCoolDownMs: health.rate_limit_cool_down_ms,
    keyCoolDownMs: health.key_cool_down_ms,
    refusalsBeforeCoolDown: health.refusals_before_cool_down,
    refusalCoolDownMs: health.refusal_cool_down_ms,
    maxCoolDownMs: health.max_cool_down_ms,
  }
}
