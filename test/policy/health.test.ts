import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultHealthSettings as settings,
  freshHealth,
  type HealthEvent,
  type HealthState,
  readHealth,
  updateHealth,
} from '../../src/policy/index.ts'

const second = 1_000_000_000

function eventAt(
  seconds: number,
  result: HealthEvent['result'],
  more: Partial<HealthEvent> = {},
): HealthEvent {
  return { atNs: seconds * second, result, retryAfterMs: null, ttftMs: null, tokensPerSecond: null, ...more }
}

function after(...events: readonly HealthEvent[]): HealthState {
  return events.reduce((state, event) => updateHealth(state, event, settings), freshHealth)
}

function coolDownSeconds(state: HealthState, nowSeconds: number): number {
  return readHealth(state, nowSeconds * second, settings).coolDownUntilNs / second
}

describe('updateHealth', () => {
  it('counts errors and successes within the outage window and forgets them after it', () => {
    const state = after(eventAt(1, 'error'), eventAt(2, 'ok'), eventAt(3, 'ok'))
    const at = (seconds: number) => readHealth(state, seconds * second, settings)
    expect(at(30)).toMatchObject({ recentErrors: 1, recentSuccesses: 2 })
    expect(at(32)).toMatchObject({ recentErrors: 0, recentSuccesses: 2 })
    expect(at(60)).toMatchObject({ recentErrors: 0, recentSuccesses: 0 })
  })

  it.each([
    ['a 429 with Retry-After', [eventAt(10, 'rate_limit', { retryAfterMs: 7_000 })], 17],
    ['a 429 without one', [eventAt(10, 'rate_limit')], 15],
    ['one error', [eventAt(10, 'error')], 0],
    ['an error with Retry-After', [eventAt(10, 'error', { retryAfterMs: 2_000 })], 12],
    ['errors in a row', [eventAt(9, 'error'), eventAt(9, 'error'), eventAt(10, 'error')], 15],
    ['errors with a success between', [eventAt(9, 'error'), eventAt(9, 'ok'), eventAt(10, 'error')], 0],
    ['a wait beyond the bound', [eventAt(10, 'rate_limit', { retryAfterMs: 1e9 })], 610],
    ['what is not its doing', [eventAt(10, 'ignored', { retryAfterMs: 1_000 })], 0],
  ])('starts a cool-down after %s', (_name, events, until) => {
    expect(coolDownSeconds(after(...events), 10)).toBe(until)
  })

  it('does not count rate limits as an outage', () => {
    const { recentErrors } = readHealth(after(eventAt(1, 'rate_limit')), second, settings)
    expect(recentErrors).toBe(0)
  })

  it('extends a cool-down and never shortens it', () => {
    const results = fc.constantFrom('ok', 'error', 'rate_limit', 'ignored')
    const events = fc.array(fc.record({ result: results, retryAfterMs: fc.option(fc.nat(20_000)) }))
    const property = fc.property(events, list => {
      let state = freshHealth
      for (const [index, { result, retryAfterMs }] of list.entries()) {
        const next = updateHealth(state, eventAt(index / 10, result, { retryAfterMs }), settings)
        expect(next.coolDownUntilNs).toBeGreaterThanOrEqual(state.coolDownUntilNs)
        state = next
      }
    })
    fc.assert(property)
  })

  it('stays bounded in size', () => {
    const events = Array.from({ length: 2_000 }, (_, i) => eventAt(i / 5, 'ok', { ttftMs: i }))
    const state = after(...events)
    expect(state.samples.length).toBe(settings.maxSamples)
    expect(state.seconds.length).toBeLessThanOrEqual(32)
  })
})

describe('readHealth', () => {
  it('gives medians of recent successes and forgets them after five minutes', () => {
    const state = after(
      eventAt(1, 'ok', { ttftMs: 300, tokensPerSecond: 10 }),
      eventAt(2, 'ok', { ttftMs: 100, tokensPerSecond: 30 }),
      eventAt(3, 'ok', { ttftMs: 200, tokensPerSecond: null }),
      eventAt(4, 'error', { ttftMs: 9_000 }),
    )
    const at = (seconds: number) => readHealth(state, seconds * second, settings)
    expect(at(5)).toMatchObject({ ttftP50Ms: 200, tokensPerSecondP50: 10 })
    expect(at(304)).toMatchObject({ ttftP50Ms: null, tokensPerSecondP50: null })
  })
})
