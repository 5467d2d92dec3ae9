import type { LimitState } from '../model/rate-limiter.ts'
import type { HeaderFacts } from '../protocol.ts'

/**
 * Anthropic's headers: `request-id`, the limits with resets as RFC 3339 in whole seconds, rounded up, and
 * `retry-after` in seconds. Pure.
 */
export function messageHeaders(facts: HeaderFacts): Readonly<Record<string, string>> {
  const { id, rate, retryAfterMs, speed } = facts
  const retry = retryAfterMs === null ? {} : { 'retry-after': secondsOf(retryAfterMs / speed) }
  return {
    'request-id': `req_${id}`,
    ...limitHeaders('requests', rate.requests, facts),
    ...limitHeaders('tokens', rate.tokens, facts),
    ...retry,
  }
}

function limitHeaders(
  name: string,
  state: LimitState | null,
  { epochMs, speed }: HeaderFacts,
): Readonly<Record<string, string>> {
  if (state === null) return {}
  const resetMs = Math.ceil((epochMs + state.resetMs / speed) / 1000) * 1000
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(state.limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(state.remaining),
    [`anthropic-ratelimit-${name}-reset`]: new Date(resetMs).toISOString().replace('.000', ''),
  }
}

function secondsOf(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)))
}
