import type { LimitState, RateState } from '../model/rate-limiter.ts'

/**
 * OpenAI's rate-limit headers. Resets are Go-style durations of real time (`12ms`, `1.5s`, `6m0s`). Pure.
 *
 * @param speed How much faster than life the simulation runs; limits refill by simulated time.
 */
export function rateHeaders({ requests, tokens }: RateState, speed: number): Record<string, string> {
  return { ...limitHeaders('requests', requests, speed), ...limitHeaders('tokens', tokens, speed) }
}

/** Headers that say when to try again, in whole seconds (at least 1) and in milliseconds; none for null. */
export function retryHeaders(retryAfterMs: number | null, speed: number): Record<string, string> {
  if (retryAfterMs === null) return {}
  const realMs = Math.ceil(retryAfterMs / speed)
  return { 'retry-after': String(Math.max(1, Math.ceil(realMs / 1000))), 'retry-after-ms': String(realMs) }
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
