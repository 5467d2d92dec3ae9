import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunSummary, readSummary } from '../../src/report/index.ts'
import { expectedEndpoint, expectedTraffic, quantile, quantilesOf, type Rows } from './expected-summary.ts'
import { type FixtureStore, openFixtureStore } from './fixture-store.ts'
import { attemptRow, clientRow, routerRow, runId, runRow, startUs } from './record-rows.ts'
import { sampleRun } from './sample-run.ts'

let store: FixtureStore
let summary: RunSummary

const run = sampleRun(300)

beforeAll(async () => {
  store = await openFixtureStore()
  await store.insert({
    requests: [...run.clients, ...run.routers],
    attempts: run.attempts,
    runs: [
      runRow({ version: 1, status: 'running', valid: null, sent: 0, ended_at: null }),
      runRow({ planned: run.clients.length, sent: run.clients.length }),
    ],
  })
  summary = await readSummary(store, runId)
})
afterAll(() => store.close())

const measuredOf = ({ clients, routers, attempts }: Rows): Rows => ({
  clients: clients.filter(row => row.phase === 'measure'),
  routers: routers.filter(row => row.phase === 'measure'),
  attempts: attempts.filter(row => row.phase === 'measure'),
})

const byArm = (rows: Rows, arm: string): Rows => ({
  clients: rows.clients.filter(row => row.arm === arm),
  routers: rows.routers,
  attempts: rows.attempts,
})

const groupBy = <Row>(rows: readonly Row[], key: (row: Row) => string) => Object.groupBy(rows, key)

describe('readSummary', () => {
  const measured = measuredOf(run)

  it('gives every number that a second computation from the rows gives', async () => {
    expect(summary).toMatchObject(expectedTraffic(measured))
    expect(summary.arms).toEqual({
      baseline: expectedTraffic(byArm(measured, 'baseline')),
      candidate: expectedTraffic(byArm(measured, 'candidate')),
    })
    const endpoints = groupBy(measured.attempts, row => row.endpoint)
    expect(summary.endpoints.toSorted((a, b) => a.endpoint.localeCompare(b.endpoint))).toEqual(
      Object.keys(endpoints)
        .toSorted()
        .map(endpoint => expectedEndpoint(endpoints[endpoint] ?? [])),
    )
    expect(summary.conservation).toMatchObject({ verdict: 'holds', violations: [] })
    expect(summary.requestSuccess).toBeCloseTo(
      (summary.firstTrySuccess ?? 0) + (summary.rescuedSuccess ?? 0),
      5,
    )
  })

  it('counts all phases in counts and in the total cost', async () => {
    const all = expectedTraffic(run)
    expect(summary.counts).toEqual({ planned: 300, sent: 300, ...all.outcomes, cached: 0 })
    expect(summary).toMatchObject({ totalCostUsd: all.cost.usd, totalCostUnknown: all.cost.unknown })
    expect(summary.requests).toBeLessThan(300)
  })

  it('describes the run by its newest row', async () => {
    expect(summary).toMatchObject({
      schemaVersion: 1,
      runId,
      scenario: 'demo',
      seed: '7',
      status: 'done',
      vantage: 'client',
      validity: { verdict: 'valid', reasons: [] },
      run: {
        startedAt: '2026-11-20T12:00:00Z',
        endedAt: '2026-11-20T12:01:00Z',
        loopDelayP99Ms: 0.9,
        cpuRatio: 0.25,
      },
    })
  })

  it('groups what callers saw by the provider that answered', async () => {
    const { served } = summary
    const groups = groupBy(
      measured.clients.filter(row => row.served_provider !== ''),
      row => row.served_provider,
    )
    for (const { provider, requests, ok, ttftMs, latencyMs } of served) {
      const rows = groups[provider] ?? []
      expect({ provider, requests, ok, ttftMs, latencyMs }).toEqual({
        provider,
        requests: rows.length,
        ok: rows.length,
        ttftMs: quantilesOf(rows.map(row => row.ttft_us)),
        latencyMs: quantilesOf(rows.map(row => row.latency_us)),
      })
    }
    expect(served.map(({ provider }) => provider).toSorted()).toEqual(Object.keys(groups).toSorted())
  })

  it('counts failures of requests and of attempts by type, blame, provider and arm', async () => {
    const { errors } = summary
    const of = (grain: string) => errors.filter(error => error.grain === grain)
    for (const [grain, rows] of [
      ['request', measured.clients],
      ['attempt', measured.attempts],
    ] as const) {
      const failed = rows.filter(row => row.outcome !== 'ok')
      const total = of(grain).reduce((sum, { count }) => sum + count, 0)
      expect(total).toBe(failed.length)
      for (const { arm, errorType, fault, provider, count, share } of of(grain)) {
        const same = failed.filter(row => {
          const own = 'served_provider' in row ? row.served_provider : row.provider
          return row.error_type === errorType && row.fault === fault && own === provider && row.arm === arm
        })
        expect(count).toBe(same.length)
        expect(share).toBeCloseTo(same.length / rows.length, 5)
      }
    }
  })

  it('counts successful requests by the first check that failed, and by arm', () => {
    const failing = measured.clients.filter(row => row.outcome === 'ok' && row.checks_failed > 0)
    expect(failing.length).toBeGreaterThan(0)
    expect(summary.failedChecks.reduce((sum, { count }) => sum + count, 0)).toBe(failing.length)
    for (const { check, arm, count } of summary.failedChecks) {
      expect(count).toBe(failing.filter(row => row.failed_check === check && row.arm === arm).length)
    }
  })

  it('says from where to where requests fell back, and why', async () => {
    const { fallbacks, sticky } = summary
    const moved = measured.routers.filter(row => row.fallback !== 'none')
    expect(fallbacks.reduce((sum, { count }) => sum + count, 0)).toBe(moved.length)
    for (const { from, to, cause, count } of fallbacks) {
      const same = moved.filter(row => {
        const first = measured.attempts.find(a => a.request_id === row.request_id && a.attempt_no === 1)
        return (
          `${first?.provider} ${first?.model}` === from &&
          `${row.served_provider} ${row.served_model}` === to &&
          row.fallback_cause === cause
        )
      })
      expect(count).toBe(same.length)
    }
    expect(sticky).toEqual({ new: measured.routers.length - moved.length, moved_fault: moved.length })
  })

  it('lists the ten slowest requests with their attempts placed in time', async () => {
    const { slowest } = summary
    const expected = measured.clients
      .filter(row => row.outcome !== 'canceled')
      .toSorted((a, b) => b.latency_us - a.latency_us)
      .slice(0, 10)
    expect(slowest.map(({ latencyMs, traceId }) => [latencyMs, traceId])).toEqual(
      expected.map(row => [row.latency_us / 1000, row.trace_id]),
    )
    const rescued = slowest.find(({ attempts }) => attempts.length === 2)
    expect(rescued?.attempts.map(({ attemptNo, winner, startMs }) => [attemptNo, winner, startMs])).toEqual([
      [1, false, 0.5],
      [2, true, 41.6],
    ])
  })

  it('gives the TTFT distribution of each arm and each provider', async () => {
    const { levels, series } = summary.ttftDistribution
    const ok = measured.clients.filter(row => row.outcome === 'ok')
    for (const { by, name, n, ms } of series) {
      const rows = ok.filter(row => (by === 'arm' ? row.arm : row.served_provider) === name)
      const times = rows.map(row => row.ttft_us).filter(time => time !== null)
      expect(n).toBe(times.length)
      expect(ms).toEqual(levels.map(level => (quantile(times, level) ?? 0) / 1000))
    }
    expect(series.map(({ by, name }) => `${by} ${name}`).toSorted()).toEqual([
      'arm baseline',
      'arm candidate',
      'provider alpha',
      'provider beta',
      'provider gamma',
    ])
  })
})

describe('readSummary of an unusual run', () => {
  beforeEach(() => store.clear())

  it('puts requests into buckets by when they were sent, with gaps as empty buckets', async () => {
    const at = (label: string, second: number) => clientRow(label, { ts: startUs + second * 1_000_000 })
    await store.insert({ requests: [at('a', 0), at('b', 0.4), at('c', 3)] })
    const { timeline } = await readSummary(store, runId)
    expect(timeline.bucketSeconds).toBe(1)
    expect(timeline.buckets.map(({ atSeconds, ok, ttftP50Ms }) => [atSeconds, ok, ttftP50Ms])).toEqual([
      [0, 2, 200],
      [1, 0, null],
      [2, 0, null],
      [3, 1, 200],
    ])
  })

  it("says null, not 0, where only another target's client records exist", async () => {
    await store.insert({
      requests: [clientRow('a'), clientRow('b')],
      runs: [runRow({ planned: 2, sent: 2 })],
    })
    expect(await readSummary(store, runId)).toMatchObject({
      requestSuccess: 1,
      firstTrySuccess: null,
      rescuedSuccess: null,
      fallbackRate: null,
      routerMs: { n: 0, p50: null },
      cost: { usd: null, noCacheUsd: null, cacheDiscountUsd: null, wastedUsd: null, unknown: 2 },
      endpoints: [],
      fallbacks: [],
      sticky: {},
      served: [{ provider: 'alpha', requests: 2 }],
      conservation: { verdict: 'holds', checked: ['sent', 'planned', 'outcomes', 'dropped', 'client_once'] },
    })
  })

  it('takes the cost that an answer told where there is no router to know better', async () => {
    await store.insert({ requests: [clientRow('a', { cost_source: 'provider', cost_usd: 1_234_567_890n })] })
    expect((await readSummary(store, runId)).cost).toMatchObject({ usd: '0.00123456789', unknown: 0 })
  })

  it('counts answers of the response cache, and leaves them out of every metric', async () => {
    const cached = { response_cache: 'hit', latency_us: 7, ttft_us: 7, attempts: 0, cost_usd: 0n } as const
    await store.insert({
      requests: [clientRow('a'), routerRow('a'), clientRow('b', cached), routerRow('b', cached)],
      attempts: [attemptRow('a')],
      runs: [runRow({ planned: 2, sent: 2 })],
    })
    expect(await readSummary(store, runId)).toMatchObject({
      counts: { sent: 2, ok: 2, cached: 1 },
      requests: 1,
      outcomes: { ok: 1 },
      latencyMs: { n: 1, p50: 1000 },
      ttftMs: { n: 1, p50: 200 },
      served: [{ requests: 1 }],
      sticky: { new: 1 },
      conservation: { verdict: 'holds' },
    })
  })

  it("reports traffic without a replayer from the router's view", async () => {
    await store.insert({
      requests: [routerRow('a', { phase: 'live' })],
      attempts: [attemptRow('a', { phase: 'live' })],
    })
    expect(await readSummary(store, runId)).toMatchObject({
      vantage: 'router',
      status: 'unknown',
      validity: { verdict: 'unknown' },
      counts: { planned: null, sent: 1, ok: 1 },
      scheduleLagMs: { n: 0, p50: null, p99: null, max: null },
      responseMs: { n: 0, p50: null },
      firstTrySuccess: 1,
      cost: { usd: '0.0015' },
    })
  })

  it('gives nulls and empty lists for a run that sent nothing', async () => {
    await store.insert({
      runs: [
        runRow({ planned: 5, sent: 0, status: 'aborted', valid: false, invalid_reasons: '["interrupted"]' }),
      ],
    })
    expect(await readSummary(store, runId)).toMatchObject({
      counts: { planned: 5, sent: 0, ok: 0 },
      validity: { verdict: 'invalid', reasons: ['interrupted'] },
      requests: 0,
      requestSuccess: null,
      latencyMs: { n: 0, p50: null, p95: null, p99: null },
      cost: { usd: null, unknown: 0 },
      tokens: { input: null },
      throughput: { requestsPerSecond: null },
      timeline: { buckets: [] },
      slowest: [],
      arms: {},
    })
  })

  it('counts the records themselves when a killed run never wrote its final row', async () => {
    await store.insert({
      requests: [clientRow('a'), clientRow('b')],
      runs: [runRow({ version: 1, status: 'running', valid: null, planned: 9, sent: 0, ended_at: null })],
    })
    expect(await readSummary(store, runId)).toMatchObject({
      status: 'running',
      validity: { verdict: 'unknown' },
      counts: { planned: 9, sent: 2, ok: 2 },
    })
  })

  it('makes a run invalid whose records do not add up', async () => {
    await store.insert({ requests: [clientRow('a')], runs: [runRow({ planned: 2, sent: 2 })] })
    const { validity, conservation } = await readSummary(store, runId)
    expect(conservation.verdict).toBe('broken')
    expect(validity.verdict).toBe('invalid')
    expect(validity.reasons).toEqual([
      'records do not add up (sent): requests sent = client records; 1 times not',
    ])
  })

  it('refuses a run that the store does not know', async () => {
    await expect(readSummary(store, 'nobody')).rejects.toMatchObject({ code: 'E_RUN_UNKNOWN' })
  })
})
