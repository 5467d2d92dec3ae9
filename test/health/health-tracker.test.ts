import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultHealthSettings as settings, type HealthEvent } from '../../src/health/index.ts'
import { createHealthTracker, type HealthTracker } from '../../src/health/health-tracker.ts'

const second = 1_000_000_000
const minute = 60

function eventAt(
  seconds: number,
  result: HealthEvent['result'],
  more: Partial<HealthEvent> = {},
): HealthEvent {
  const atNs = seconds * second
  const coolsDown = result === 'ok' || result === 'ignored' ? 'nothing' : 'endpoint'
  const unknown = { retryAfterMs: null, ttftMs: null, tokensPerSecond: null }
  return { beganNs: atNs, atNs, result, coolsDown, keyAlias: 'K', ...unknown, ...more }
}

function after(...events: readonly HealthEvent[]): HealthTracker {
  const tracker = createHealthTracker(settings)
  for (const event of events) tracker.note(event)
  return tracker
}

function times(count: number, result: HealthEvent['result'], seconds = 1): readonly HealthEvent[] {
  return Array.from({ length: count }, () => eventAt(seconds, result))
}

function coolDownSeconds(tracker: HealthTracker, nowSeconds: number): number {
  return tracker.read(nowSeconds * second).coolDownUntilNs / second
}

describe('createHealthTracker, outage window', () => {
  it('counts errors and successes of 30 seconds and forgets them after it', () => {
    const tracker = after(eventAt(1, 'error'), eventAt(2, 'ok'), eventAt(3, 'ok'))
    const at = (seconds: number) => tracker.read(seconds * second)
    expect(at(30)).toMatchObject({ recentErrors: 1, recentSuccesses: 2 })
    expect(at(31)).toMatchObject({ recentErrors: 1, recentSuccesses: 2 })
    expect(at(32)).toMatchObject({ recentErrors: 0, recentSuccesses: 2 })
    expect(at(60)).toMatchObject({ recentErrors: 0, recentSuccesses: 0 })
  })

  it('does not count rate limits and refusals as an outage', () => {
    const { recentErrors, recentSuccesses } = after(
      eventAt(1, 'rate_limit'),
      eventAt(1, 'refused'),
      eventAt(1, 'ignored'),
    ).read(second)
    expect([recentErrors, recentSuccesses]).toEqual([0, 0])
  })
})

describe('createHealthTracker, cool-down', () => {
  it.each([
    ['a 429 with Retry-After', [eventAt(10, 'rate_limit', { retryAfterMs: 7_000 })], 17],
    ['a 429 without one', [eventAt(10, 'rate_limit')], 15],
    ['one error', [eventAt(10, 'error')], 0],
    ['an error with Retry-After', [eventAt(10, 'error', { retryAfterMs: 2_000 })], 12],
    ['a limit of its key', [eventAt(10, 'rate_limit', { coolsDown: 'key_at_endpoint' })], 0],
    ['a key that was refused', [eventAt(10, 'error', { coolsDown: 'key', retryAfterMs: 9_000 })], 0],
    ['a wait beyond the bound', [eventAt(10, 'rate_limit', { retryAfterMs: 1e9 })], 610],
    ['what is not its doing', [eventAt(10, 'ignored', { retryAfterMs: 1_000 })], 0],
  ])('begins after %s', (_name, events, until) => {
    expect(coolDownSeconds(after(...events), 10)).toBe(until)
  })

  it('ends at its instant, also within a second that was read before', () => {
    const tracker = after(eventAt(10, 'rate_limit', { retryAfterMs: 500 }))
    expect(tracker.read(10.4 * second).coolDownUntilNs).toBe(10.5 * second)
    expect(tracker.read(10.5 * second).coolDownUntilNs).toBe(0)
  })
})

describe('createHealthTracker, breaker', () => {
  const errors = times(3, 'error', 10)

  it('is opened by errors of the endpoint alone', () => {
    const states = [
      errors,
      times(3, 'rate_limit', 10),
      times(3, 'refused', 10),
      times(3, 'ignored', 10),
      errors.map(event => ({ ...event, coolsDown: 'key' as const })),
    ].map(events => after(...events).read(10 * second).breaker)
    expect(states).toEqual(['open', 'closed', 'closed', 'closed', 'closed'])
  })

  it('is read anew at the instant its open time is over, and when a probe begins', () => {
    const tracker = after(...errors)
    expect(tracker.read(14.9 * second)).toMatchObject({ breaker: 'open', breakerUntilNs: 15 * second })
    expect(tracker.read(15 * second)).toMatchObject({ breaker: 'half_open', breakerUntilNs: 0 })
    expect(tracker.beginProbe(15 * second)).toBe(true)
    expect(tracker.read(15 * second)).toMatchObject({ breaker: 'half_open', breakerUntilNs: 45 * second })
  })

  it('is one state with the cool-down: open, cooling, half open or closed, since when and why', () => {
    const tracker = after(...errors, eventAt(10, 'error', { retryAfterMs: 8_000 }))
    const at = (seconds: number) => {
      const { state, sinceNs, untilNs, reason } = tracker.state(seconds * second)
      return [state, sinceNs / second, untilNs / second, reason]
    }
    expect(at(10)).toEqual(['open', 10, 15, '3 errors in a row'])
    expect(at(15)).toEqual(['cooling', 10, 18, 'the provider asked for a wait'])
    expect(at(18)).toEqual(['half_open', 18, 0, '3 errors in a row'])
    tracker.note(eventAt(19, 'ok'))
    expect(at(19)).toEqual(['closed', 19, 0, ''])
    expect(createHealthTracker(settings).state(0)).toEqual({
      state: 'closed',
      sinceNs: -Infinity,
      untilNs: 0,
      reason: '',
    })
  })
})

interface Step {
  readonly afterMs: number
  readonly result: HealthEvent['result']
  readonly retryAfterMs: number | null
}

describe('createHealthTracker, as a state machine', () => {
  const step = fc.record({
    afterMs: fc.oneof(fc.nat(900), fc.nat(40_000), fc.nat(400_000)),
    result: fc.constantFrom<HealthEvent['result']>('ok', 'error', 'rate_limit', 'refused', 'ignored'),
    retryAfterMs: fc.option(fc.nat(20_000)),
  })

  it('agrees at every instant with a model that remembers everything', () => {
    const property = fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, readsAlways) => {
      const tracker = createHealthTracker(settings)
      const model: HealthEvent[] = []
      let nowNs = 0
      for (const { afterMs, result, retryAfterMs } of steps) {
        nowNs += afterMs * 1_000_000
        if (readsAlways) tracker.read(nowNs)
        const event = { ...eventAt(0, result), atNs: nowNs, retryAfterMs }
        tracker.note(event)
        model.push(event)
        expect(tracker.read(nowNs)).toMatchObject(modelled(model, nowNs))
      }
      expect(tracker.read(nowNs + 7 * second)).toMatchObject(modelled(model, nowNs + 7 * second))
    })
    fc.assert(property)
  })

  it('extends a cool-down and never shortens it', () => {
    const property = fc.property(fc.array(step), (steps: readonly Step[]) => {
      const tracker = createHealthTracker(settings)
      let until = 0
      for (const [index, { result, retryAfterMs }] of steps.entries()) {
        tracker.note(eventAt(index / 10, result, { retryAfterMs }))
        const next = tracker.read((index / 10) * second).coolDownUntilNs
        if (next !== 0) expect(next).toBeGreaterThanOrEqual(until)
        else expect(until).toBeLessThanOrEqual((index / 10) * second)
        until = Math.max(until, next)
      }
    })
    fc.assert(property)
  })
})

/** What a tracker must say, by counting everything that ever happened. */
function modelled(events: readonly HealthEvent[], nowNs: number) {
  const within = (seconds: number, sliceSeconds: number, result: HealthEvent['result']) => {
    const slice = (ns: number) => Math.floor(ns / (sliceSeconds * second))
    return events.filter(
      e => e.result === result && slice(e.atNs) >= slice(nowNs) - Math.ceil(seconds / sliceSeconds),
    ).length
  }
  let until = 0
  for (const { result, atNs, retryAfterMs } of events) {
    if (result === 'ok' || result === 'ignored') continue
    const waitMs = retryAfterMs ?? (result === 'rate_limit' ? 5_000 : 0)
    until = Math.max(until, atNs + waitMs * 1_000_000)
  }
  const half = { ok: within(1_800, 30, 'ok'), error: within(1_800, 30, 'error') }
  return {
    recentErrors: within(30, 1, 'error'),
    recentSuccesses: within(30, 1, 'ok'),
    attempts: within(300, 5, 'ok') + within(300, 5, 'error') + within(300, 5, 'rate_limit'),
    failed: within(300, 5, 'error'),
    rateLimited: within(300, 5, 'rate_limit'),
    requestsIn30Min: half.ok + half.error,
    coolDownUntilNs: until > nowNs ? until : 0,
  }
}

describe('createHealthTracker, quantiles', () => {
  it('gives quantiles of recent successes and forgets them after five minutes', () => {
    const tracker = after(
      eventAt(1, 'ok', { ttftMs: 300, tokensPerSecond: 10 }),
      eventAt(2, 'ok', { ttftMs: 100, tokensPerSecond: 30 }),
      eventAt(3, 'ok', { ttftMs: 200, tokensPerSecond: null }),
      eventAt(4, 'error', { ttftMs: 9_000 }),
    )
    const { ttftMs, tokensPerSecond } = tracker.read(5 * second)
    expect([ttftMs?.p50, tokensPerSecond?.p50]).toEqual([200, 10])
    expect(tracker.read(304 * second)).toMatchObject({ ttftMs: null, tokensPerSecond: null })
  })

  it('reads pN as what N % of requests do better than: latency rises, throughput falls (contract, section 1.2)', () => {
    const tracker = after(
      ...Array.from({ length: 100 }, (_, i) =>
        eventAt(i + 1, 'ok', { ttftMs: i + 1, tokensPerSecond: i + 1 }),
      ),
    )
    const { ttftMs, tokensPerSecond } = tracker.read(120 * second)
    const windows = tracker.windows(120 * second)
    expect(ttftMs).toEqual({ p50: 51, p75: 76, p90: 91, p99: 100 })
    // Throughput p90 is the ordinary 10th percentile.
    expect(tokensPerSecond).toEqual({ p50: 50, p75: 25, p90: 10, p99: 1 })
    expect(windows.latency_last_30m).toEqual(ttftMs)
    expect(windows.throughput_last_30m).toEqual(tokensPerSecond)
  })

  it('keeps half an hour for display, and stays close when there are more samples than it keeps', () => {
    const tracker = createHealthTracker(settings)
    for (let i = 0; i < 60_000; i++) tracker.note(eventAt(i / 20, 'ok', { ttftMs: 1 + ((i * 7919) % 1_000) }))
    const endNs = 3_000 * second
    const shown = tracker.windows(endNs).latency_last_30m
    expect(shown?.p50).toBeGreaterThan(450)
    expect(shown?.p50).toBeLessThan(550)
    expect(tracker.read(endNs).ttftMs?.p90).toBeGreaterThan(850)
    expect(tracker.windows(endNs + 1_900 * second).latency_last_30m).toBeNull()
  })

  it('follows every sample while there are few, and hands out one object while nothing happens', () => {
    const tracker = after(eventAt(1, 'ok', { ttftMs: 100 }))
    const before = tracker.read(1.2 * second)
    expect(tracker.read(1.9 * second)).toBe(before)
    tracker.note({ ...eventAt(0, 'ok', { ttftMs: 50 }), atNs: 1.95 * second })
    tracker.note({ ...eventAt(0, 'ok', { ttftMs: 40 }), atNs: 1.95 * second })
    expect(tracker.read(1.95 * second).ttftMs?.p50).toBe(50)
  })
})

describe('createHealthTracker, uptime', () => {
  const contractVector = [
    ...times(950, 'ok'),
    // 20 × 500, 5 × 401, 5 × 404, 10 mid-stream, 10 finish reason error
    ...times(50, 'error'),
    ...times(300, 'rate_limit'),
    // 40 × 400, 2 × 413
    ...times(42, 'ignored'),
    ...times(8, 'refused'),
  ]

  it('is 95 % for the vector of the router contract, with rate limits and availability beside it', () => {
    expect(after(...contractVector).windows(second)).toMatchObject({
      uptime_last_5m: 95,
      uptime_last_30m: 95,
      uptime_last_1d: 95,
      rate_limited_last_30m: 23.07,
      available_last_30m: 73.07,
      attempts_last_30m: 1_300,
    })
  })

  it.each([
    [99, 0, null],
    [90, 9, null],
    [90, 10, 90],
    [999, 1, 99.9],
    [2_999, 1, 99.96],
  ])('of %i successes and %i errors is %s: null below 100, rounded down', (ok, errors, expected) => {
    const windows = after(...times(ok, 'ok'), ...times(errors, 'error')).windows(second)
    expect(windows.uptime_last_30m).toBe(expected)
  })

  it('has windows of 5 minutes, 30 minutes and a day', () => {
    const tracker = after(...times(100, 'ok'), ...times(100, 'error', 4 * minute))
    const shown = (minutes: number) => {
      const { uptime_last_5m, uptime_last_30m, uptime_last_1d } = tracker.windows(minutes * minute * second)
      return [uptime_last_5m, uptime_last_30m, uptime_last_1d]
    }
    expect(shown(4.5)).toEqual([50, 50, 50])
    expect(shown(6.5)).toEqual([0, 50, 50])
    expect(shown(10)).toEqual([null, 50, 50])
    expect(shown(32)).toEqual([null, 0, 50])
    expect(shown(60)).toEqual([null, null, 50])
    expect(shown(1_480)).toEqual([null, null, null])
  })
})

describe('createHealthTracker, tool calls', () => {
  it('counts answers and those with a bad call over two hours, by kind', () => {
    const tracker = createHealthTracker(settings)
    for (const bad of [null, 'invalid_json', 'unknown_name', 'schema_mismatch', 'invalid_json'] as const) {
      tracker.noteToolCalls(bad, second)
    }
    expect(tracker.read(second)).toMatchObject({ toolCallRequests: 5, badToolCallRequests: 4 })
    expect(tracker.windows(7_000 * second).tool_calls_last_2h).toEqual({
      requests: 5,
      bad: 4,
      invalid_json: 2,
      unknown_name: 1,
      schema_mismatch: 1,
    })
    expect(tracker.read(7_400 * second).toolCallRequests).toBe(0)
  })
})
