import type { RateLimits } from '../../catalog/index.ts'

/** State of one limit after a request, as rate-limit headers tell it. */
export interface LimitState {
  readonly limit: number
  /** Whole units left. */
  readonly remaining: number
  /** Milliseconds of simulated time until it is full again. */
  readonly resetMs: number
}

/** State of all limits; null or left out: the endpoint has no such limit. */
export interface RateState {
  /** Per minute. */
  readonly requests: LimitState | null
  /** Per minute. */
  readonly tokens: LimitState | null
  readonly requestsPerDay?: LimitState | null
  readonly tokensPerDay?: LimitState | null
}

/** What a limit counts by. */
export type LimitSpan = 'minute' | 'day' | 'concurrency'

/** Whether a request may pass. `retryAfterMs` null: never, it is larger than the limit itself. */
export type RateDecision =
  | { readonly kind: 'pass'; readonly state: RateState }
  | {
      readonly kind: 'limited'
      readonly limit: 'requests' | 'tokens'
      readonly per: LimitSpan
      readonly retryAfterMs: number | null
      readonly state: RateState
    }

/** The limits of one endpoint for one API key. */
export interface RateLimiter {
  /** Takes one request of `tokens` tokens; takes nothing when it answers `limited`. */
  take(tokens: number, nowMs: number): RateDecision
  /** Counts a request that passed as under way until `endMs`. */
  hold(endMs: number): void
  /** State without taking. */
  state(nowMs: number): RateState
}

/** An allowance of units that comes back with time. */
interface Allowance {
  take(amount: number, nowMs: number): void
  /** Milliseconds until `amount` fits; 0 when it does now; null: never. */
  waitMs(amount: number, nowMs: number): number | null
  state(nowMs: number): LimitState
}

/** One limit with what it counts. */
interface Rule {
  readonly limit: 'requests' | 'tokens'
  readonly per: LimitSpan
  readonly allowance: Allowance
}

const dayMs = 86_400_000

/**
 * Limits per minute are token buckets that refill steadily; limits per day are windows of 24 h that begin with
 * the first request after the last one ended (simulated time has no midnight). Deterministic; starts full.
 * When several limits refuse, the first in this order answers: concurrency, requests a day, tokens a day,
 * requests a minute, tokens a minute.
 */
export function createRateLimiter(limits: RateLimits): RateLimiter {
  const make = (limit: number | null | undefined, allowance: (limit: number) => Allowance) =>
    limit === null || limit === undefined ? null : allowance(limit)
  const minute = {
    requests: make(limits.requestsPerMinute, createBucket),
    tokens: make(limits.tokensPerMinute, createBucket),
  }
  const day = {
    requests: make(limits.requestsPerDay, createDay),
    tokens: make(limits.tokensPerDay, createDay),
  }
  const rules = [...rulesOf(day, 'day'), ...rulesOf(minute, 'minute')]
  const slots = createSlots(limits.concurrentRequests ?? null)
  const state = (nowMs: number): RateState => ({
    requests: minute.requests?.state(nowMs) ?? null,
    tokens: minute.tokens?.state(nowMs) ?? null,
    ...(day.requests && { requestsPerDay: day.requests.state(nowMs) }),
    ...(day.tokens && { tokensPerDay: day.tokens.state(nowMs) }),
  })

  function take(tokens: number, nowMs: number): RateDecision {
    const slotWaitMs = slots.waitMs(nowMs)
    if (slotWaitMs > 0) {
      const limited = { kind: 'limited', limit: 'requests', per: 'concurrency' } as const
      return { ...limited, retryAfterMs: slotWaitMs, state: state(nowMs) }
    }
    const amountOf = ({ limit }: Rule) => (limit === 'requests' ? 1 : tokens)
    for (const rule of rules) {
      const waitMs = rule.allowance.waitMs(amountOf(rule), nowMs)
      if (waitMs === 0) continue
      const { limit, per } = rule
      return { kind: 'limited', limit, per, retryAfterMs: waitMs, state: state(nowMs) }
    }
    for (const rule of rules) rule.allowance.take(amountOf(rule), nowMs)
    return { kind: 'pass', state: state(nowMs) }
  }
  return Object.freeze({ take, hold: slots.hold, state })
}

function rulesOf(
  { requests, tokens }: { readonly requests: Allowance | null; readonly tokens: Allowance | null },
  per: LimitSpan,
): readonly Rule[] {
  return [
    ...(requests ? [{ limit: 'requests', per, allowance: requests } as const] : []),
    ...(tokens ? [{ limit: 'tokens', per, allowance: tokens } as const] : []),
  ]
}

function createBucket(limit: number): Allowance {
  const perMs = limit / 60_000
  let atLastTake = limit
  let lastTakeMs = 0
  const level = (nowMs: number) => Math.min(limit, atLastTake + (nowMs - lastTakeMs) * perMs)
  return {
    take: (amount, nowMs) => {
      atLastTake = level(nowMs) - amount
      lastTakeMs = nowMs
    },
    // The slack takes up rounding: after the wait that was asked for, the amount must fit.
    waitMs: (amount, nowMs) =>
      amount > limit ? null : Math.max(0, Math.ceil((amount - level(nowMs) - 1e-6) / perMs)),
    state: nowMs => ({
      limit,
      remaining: Math.max(0, Math.floor(level(nowMs))),
      resetMs: Math.ceil((limit - level(nowMs)) / perMs),
    }),
  }
}

function createDay(limit: number): Allowance {
  let startMs = -Infinity
  let used = 0
  const usedAt = (nowMs: number) => (nowMs < startMs + dayMs ? used : 0)
  const leftMs = (nowMs: number) => Math.max(0, startMs + dayMs - nowMs)
  return {
    take: (amount, nowMs) => {
      used = usedAt(nowMs) + amount
      if (nowMs >= startMs + dayMs) startMs = nowMs
    },
    waitMs: (amount, nowMs) => {
      if (amount > limit) return null
      return usedAt(nowMs) + amount <= limit ? 0 : Math.ceil(leftMs(nowMs))
    },
    state: nowMs => ({ limit, remaining: limit - usedAt(nowMs), resetMs: Math.ceil(leftMs(nowMs)) }),
  }
}

/** Requests under way, at most `limit` at once; null: any number. */
function createSlots(limit: number | null) {
  let ends: readonly number[] = []
  return {
    waitMs: (nowMs: number) => {
      if (limit === null) return 0
      ends = ends.filter(endMs => endMs > nowMs)
      return ends.length < limit ? 0 : Math.max(1, Math.ceil(Math.min(...ends) - nowMs))
    },
    hold: (endMs: number) => {
      if (limit !== null) ends = [...ends, endMs]
    },
  }
}
