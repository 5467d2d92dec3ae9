import type { HealthEvent } from './health-event.ts'
import type { HealthSettings } from './health-settings.ts'

/**
 * How long a failure lets its endpoint or key rest, in milliseconds; null: it does not. Errors of an endpoint that name
 * no wait are the breaker's affair. Pure.
 *
 * @param refusalsInRow Of the key at the endpoint, this one included.
 */
export function coolDownMs(
  event: HealthEvent,
  refusalsInRow: number,
  settings: HealthSettings,
): number | null {
  if (event.result === 'ok' || event.result === 'ignored' || event.coolsDown === 'nothing') return null
  if (event.retryAfterMs !== null) return Math.min(event.retryAfterMs, settings.maxCoolDownMs)
  if (event.result === 'rate_limit') return settings.rateLimitCoolDownMs
  if (event.coolsDown === 'key') return settings.keyCoolDownMs
  const isRefusedAgain = event.result === 'refused' && refusalsInRow >= settings.refusalsBeforeCoolDown
  return isRefusedAgain ? settings.refusalCoolDownMs : null
}

/** Why it rests, for people. Pure. */
export function coolDownReason(event: HealthEvent): string {
  if (event.retryAfterMs !== null) return 'the provider asked for a wait'
  if (event.result === 'rate_limit') return 'rate limit'
  return event.coolsDown === 'key' ? 'the key was refused' : 'refusals in a row'
}
