import type { LimitState } from '../model/rate-limiter.ts'
import type { HeaderFacts } from '../protocol.ts'
import { dialectOf } from './dialects.ts'

/**
 * OpenAI's headers in a provider's dialect: the request id, the limits with resets as Go-style durations of real
 * time (`12ms`, `1.5s`, `6m0s`), and when to try again, in whole seconds (at least 1) and in milliseconds. Pure.
 *
 * A provider that tells requests a day (Groq) tells those a minute where the endpoint has no daily limit.
 */
export function completionHeaders(facts: HeaderFacts): Readonly<Record<string, string>> {
  const { id, provider, rate, speed } = facts
  const { requestHeaders } = dialectOf(provider)
  const requests = (requestHeaders === 'day' ? rate.requestsPerDay : null) ?? rate.requests
  const limits = requestHeaders && {
    ...limitHeaders('requests', requests, speed),
    ...limitHeaders('tokens', rate.tokens, speed),
  }
  return { 'x-request-id': `req_${id}`, ...limits, ...retryHeaders(facts) }
}

function retryHeaders({ provider, retryAfterMs, speed }: HeaderFacts): Record<string, string> {
  if (retryAfterMs === null) return {}
  const realMs = Math.ceil(retryAfterMs / speed)
  return {
    'retry-after': String(Math.max(1, Math.ceil(realMs / 1000))),
    ...(dialectOf(provider).hasRetryMs ? { 'retry-after-ms': String(realMs) } : {}),
  }
}

/** A duration as Go prints it. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms) / 1000
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Number((seconds % 60).toFixed(3))}s`
}

function limitHeaders(name: string, state: LimitState | null, speed: number): Record<string, string> {
  if (state === null) return {}
  return {
    [`x-ratelimit-limit-${name}`]: String(state.limit),
    [`x-ratelimit-remaining-${name}`]: String(state.remaining),
    [`x-ratelimit-reset-${name}`]: goDuration(state.resetMs / speed),
  }
}
