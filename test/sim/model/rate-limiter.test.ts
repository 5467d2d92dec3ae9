import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../../src/sim/model/rate-limiter.ts'

describe('createRateLimiter', () => {
  it('lets everything pass and shows no state without limits', () => {
    const limiter = createRateLimiter({ requestsPerMinute: null, tokensPerMinute: null })
    expect(limiter.take(1e9, 0)).toEqual({ kind: 'pass', state: { requests: null, tokens: null } })
  })

  it('lets a minute of requests pass at once, then one for each refilled share', () => {
    const limiter = createRateLimiter({ requestsPerMinute: 60, tokensPerMinute: null })
    for (let sent = 0; sent < 60; sent++) expect(limiter.take(1, 0).kind).toBe('pass')
    const limited = limiter.take(1, 0)
    expect(limited).toEqual({
      kind: 'limited',
      limit: 'requests',
      per: 'minute',
      retryAfterMs: 1000,
      state: { requests: { limit: 60, remaining: 0, resetMs: 60_000 }, tokens: null },
    })
    expect(limiter.take(1, 999).kind).toBe('limited')
    expect(limiter.take(1, 1000).kind).toBe('pass')
    expect(limiter.take(1, 1000).kind).toBe('limited')
  })

  it('counts tokens, and says that a request larger than the limit need not wait', () => {
    const limiter = createRateLimiter({ requestsPerMinute: null, tokensPerMinute: 6000 })
    expect(limiter.take(5000, 0).state.tokens).toEqual({ limit: 6000, remaining: 1000, resetMs: 50_000 })
    expect(limiter.take(2000, 0)).toMatchObject({ kind: 'limited', limit: 'tokens', retryAfterMs: 10_000 })
    expect(limiter.take(6001, 0)).toMatchObject({ kind: 'limited', retryAfterMs: null })
    expect(limiter.take(2000, 10_000).kind).toBe('pass')
  })

  it('lets a day of requests pass in any minute, and the next only when the day of the first is over', () => {
    const free = { requestsPerMinute: 20, tokensPerMinute: null, requestsPerDay: 50 }
    const limiter = createRateLimiter(free)
    const hour = 3_600_000
    const at = (minute: number) => hour + minute * 60_000
    for (let sent = 0; sent < 50; sent++) expect(limiter.take(1, at(sent)).kind).toBe('pass')
    expect(limiter.take(1, at(60))).toMatchObject({
      kind: 'limited',
      limit: 'requests',
      per: 'day',
      retryAfterMs: 23 * hour,
      state: { requestsPerDay: { limit: 50, remaining: 0, resetMs: 23 * hour } },
    })
    expect(limiter.take(1, 25 * hour - 1).kind).toBe('limited')
    expect(limiter.take(1, 25 * hour)).toMatchObject({
      kind: 'pass',
      state: { requestsPerDay: { remaining: 49, resetMs: 24 * hour } },
    })
  })

  it('counts tokens of a day, and one larger than the day never passes', () => {
    const limiter = createRateLimiter({ requestsPerMinute: null, tokensPerMinute: null, tokensPerDay: 100 })
    expect(limiter.take(70, 0).kind).toBe('pass')
    expect(limiter.take(40, 10)).toMatchObject({ limit: 'tokens', per: 'day', retryAfterMs: 86_399_990 })
    expect(limiter.take(30, 10)).toMatchObject({ kind: 'pass', state: { tokensPerDay: { remaining: 0 } } })
    expect(limiter.take(101, 2 * 86_400_000)).toMatchObject({ kind: 'limited', retryAfterMs: null })
  })

  it('takes nothing from one limit when another refuses', () => {
    const limiter = createRateLimiter({ requestsPerMinute: 60, tokensPerMinute: null, tokensPerDay: 10 })
    expect(limiter.take(11, 0).kind).toBe('limited')
    expect(limiter.state(0).requests?.remaining).toBe(60)
  })

  it('lets so many requests be under way at once, and another when the first ends', () => {
    const limiter = createRateLimiter({
      requestsPerMinute: null,
      tokensPerMinute: null,
      concurrentRequests: 2,
    })
    for (const endMs of [900, 500]) {
      expect(limiter.take(1, 0).kind).toBe('pass')
      limiter.hold(endMs)
    }
    expect(limiter.take(1, 100)).toMatchObject({ limit: 'requests', per: 'concurrency', retryAfterMs: 400 })
    expect(limiter.take(1, 500).kind).toBe('pass')
  })

  it('lets pass after exactly the wait it asked for', () => {
    const takes = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 500 }), gapMs: fc.nat(2000) }))
    fc.assert(
      fc.property(takes, steps => {
        const limiter = createRateLimiter({ requestsPerMinute: 90, tokensPerMinute: 700 })
        let nowMs = 0
        for (const { tokens, gapMs } of steps) {
          nowMs += gapMs
          const decision = limiter.take(tokens, nowMs)
          if (decision.kind === 'pass') continue
          expect(decision.retryAfterMs).not.toBeNull()
          nowMs += decision.retryAfterMs ?? 0
          const again = limiter.take(tokens, nowMs)
          // Its tokens may be short once its request fits, but the same limit does not refuse twice.
          expect(again.kind === 'limited' && again.limit === decision.limit).toBe(false)
        }
      }),
    )
  })
})
