import type { RateLimits } from '../../catalog/index.ts'

/** State of one limit after a request, as rate-limit headers tell it. */
export interface LimitState {
  readonly limit: number
  /** Whole units left. */
  readonly remaining: number
  /** Milliseconds until it is full again. */
  readonly resetMs: number
}

/** State of both limits; null: the endpoint has no such limit. */
export interface RateState {
  readonly requests: LimitState | null
  readonly tokens: LimitState | null
}

/** Whether a request may pass. `retryAfterMs` null: never, it is larger than the limit itself. */
export type RateDecision =
  | { readonly kind: 'pass'; readonly state: RateState }
  | {
      readonly kind: 'limited'
      readonly limit: 'requests' | 'tokens'
      readonly retryAfterMs: number | null
      readonly state: RateState
    }

/** The limits of one endpoint for one API key. */
export interface RateLimiter {
  /** Takes one request of `tokens` tokens; takes nothing when it answers `limited`. */
  take(tokens: number, nowMs: number): RateDecision
  /** State without taking. */
  state(nowMs: number): RateState
}

interface Bucket {
  level(nowMs: number): number
  take(amount: number, nowMs: number): void
  /** Milliseconds until `amount` fits; 0 when it does now. */
  waitMs(amount: number, nowMs: number): number
  state(nowMs: number): LimitState
  readonly limit: number
}

/** Token buckets that hold one minute's allowance and refill steadily. Deterministic; starts full. */
export function createRateLimiter({ requestsPerMinute, tokensPerMinute }: RateLimits): RateLimiter {
  const requests = requestsPerMinute === null ? null : createBucket(requestsPerMinute)
  const tokens = tokensPerMinute === null ? null : createBucket(tokensPerMinute)
  const state = (nowMs: number): RateState => ({
    requests: requests?.state(nowMs) ?? null,
    tokens: tokens?.state(nowMs) ?? null,
  })

  function take(amount: number, nowMs: number): RateDecision {
    const requestWaitMs = requests?.waitMs(1, nowMs) ?? 0
    if (requestWaitMs > 0)
      return { kind: 'limited', limit: 'requests', retryAfterMs: requestWaitMs, state: state(nowMs) }
    const tokenWaitMs = tokens?.waitMs(amount, nowMs) ?? 0
    if (tokens && tokenWaitMs > 0) {
      const retryAfterMs = amount > tokens.limit ? null : tokenWaitMs
      return { kind: 'limited', limit: 'tokens', retryAfterMs, state: state(nowMs) }
    }
    requests?.take(1, nowMs)
    tokens?.take(amount, nowMs)
    return { kind: 'pass', state: state(nowMs) }
  }
  return Object.freeze({ take, state })
}

function createBucket(limit: number): Bucket {
  const perMs = limit / 60_000
  let atLastTake = limit
  let lastTakeMs = 0
  const level = (nowMs: number) => Math.min(limit, atLastTake + (nowMs - lastTakeMs) * perMs)
  return {
    limit,
    level,
    take: (amount, nowMs) => {
      atLastTake = level(nowMs) - amount
      lastTakeMs = nowMs
    },
    // The slack takes up rounding: after the wait that was asked for, the amount must fit.
    waitMs: (amount, nowMs) => Math.max(0, Math.ceil((amount - level(nowMs) - 1e-6) / perMs)),
    state: nowMs => ({
      limit,
      remaining: Math.max(0, Math.floor(level(nowMs))),
      resetMs: Math.ceil((limit - level(nowMs)) / perMs),
    }),
  }
}
