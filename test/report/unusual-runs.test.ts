import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSummary, renderMarkdown } from '../../src/report/index.ts'
import { type FixtureStore, openFixtureStore } from './fixture-store.ts'
import { attemptRow, clientRow, routerRow, runId, runRow, startUs } from './record-rows.ts'

let store: FixtureStore

beforeAll(async () => {
  store = await openFixtureStore()
})
afterAll(() => store.close())
beforeEach(() => store.clear())

/** A request to another API, which tells a cost but neither caching nor attempts. */
const foreignRow = (label: string) =>
  clientRow(label, {
    arm: 'foreign',
    target: 'elsewhere',
    cost_source: 'provider',
    cost_usd: 2_000_000_000n,
    cache_read_tokens: null,
  })

describe('readSummary of a run with one arm at our router and one at another API', () => {
  beforeEach(async () => {
    await store.insert({
      requests: [
        clientRow('a'),
        clientRow('b'),
        routerRow('a'),
        routerRow('b'),
        foreignRow('c'),
        foreignRow('d'),
      ],
      attempts: [attemptRow('a'), attemptRow('b')],
      runs: [runRow({ planned: 4, sent: 4 })],
    })
  })

  it('keeps out of the whole-run numbers what only one arm knows', async () => {
    const summary = await readSummary(store, runId)
    expect(summary).toMatchObject({
      requests: 4,
      firstTrySuccess: null,
      fallbackRate: null,
      fellBack: null,
      routerMs: { n: 0, p50: null },
      cacheHitAnswers: 2,
      cost: { usd: '0.007', noCacheUsd: null, cacheDiscountUsd: null, wastedUsd: null, unknown: 0 },
      totalCostUsd: '0.007',
      totalCostUnknown: 0,
    })
    expect(summary.arms['a']).toMatchObject({
      fallbackRate: 0,
      fellBack: 0,
      routerMs: { n: 2 },
      cost: { usd: '0.003', noCacheUsd: '0.0036', cacheDiscountUsd: '0.0006', wastedUsd: '0' },
    })
    expect(summary.arms['foreign']).toMatchObject({
      fallbackRate: null,
      cost: { usd: '0.004', noCacheUsd: null, cacheDiscountUsd: null, wastedUsd: null },
    })
  })

  it('reports no fallback, no waste and no discount for the whole run', async () => {
    const markdown = renderMarkdown(await readSummary(store, runId))
    const headline = markdown.slice(0, markdown.indexOf('## '))
    expect(headline).toContain('| Cost | **$0.007** | same with warm-up |')
    expect(headline).not.toMatch(/Fallback rate|wasted|Cache discount/)
    expect(headline).toContain('told by 2 answers')
    expect(markdown).toContain('| Cache discount | $0.0006 | – | – |')
    expect(markdown).toContain('| Fallback rate | 0 % | – | – |')
  })
})

describe('readSummary of fallbacks', () => {
  const bad = { outcome: 'error', fault: 'provider', error_type: 'provider_unavailable' } as const

  it('counts a request as fallen back when another endpoint was tried, answered or not', async () => {
    await store.insert({
      requests: [
        clientRow('tried', bad),
        routerRow('tried', { ...bad, attempts: 2, fallback: 'provider' }),
        clientRow('off', bad),
        routerRow('off', { ...bad, attempts: 1 }),
        clientRow('model'),
        routerRow('model', { fallback: 'model', fallback_cause: 'no_endpoints' }),
      ],
      attempts: [
        attemptRow('tried', { ...bad, winner: false }),
        attemptRow('tried', { ...bad, winner: false, attempt_no: 2, provider: 'beta' }),
        attemptRow('off', { ...bad, winner: false }),
        attemptRow('model', { kind: 'model_fallback', model: 'm/two' }),
      ],
    })
    const { fallbackRate, fellBack, fallbacks } = await readSummary(store, runId)
    expect({ fallbackRate, fellBack }).toEqual({ fallbackRate: 0.666667, fellBack: 2 })
    expect(fallbacks).toEqual([
      { from: 'alpha m/one', to: '', cause: 'provider_unavailable', count: 1 },
      { from: 'no endpoint of m/one', to: 'alpha m/two', cause: 'no_endpoints', count: 1 },
    ])
  })

  it('gives no rate of zero to a run of which it knows no request', async () => {
    await store.insert({ requests: [clientRow('a', bad)] })
    expect(await readSummary(store, runId)).toMatchObject({ fallbackRate: null, fellBack: null })
  })
})

describe('readSummary of a run with a start', () => {
  it('counts time from the start of the run, as the faults of a scenario do', async () => {
    const late = clientRow('a', { ts: startUs + 2_500_000 })
    await store.insert({ requests: [late], runs: [runRow()] })
    const { timeline } = await readSummary(store, runId)
    expect(timeline.zero).toBe('run_start')
    expect(timeline.buckets.map(({ atSeconds, ok }) => [atSeconds, ok])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
    ])
  })

  it('counts time from the first request when the start is unknown', async () => {
    await store.insert({ requests: [clientRow('a', { ts: startUs + 2_500_000 })] })
    expect((await readSummary(store, runId)).timeline).toMatchObject({
      zero: 'first_request',
      buckets: [{ atSeconds: 0, ok: 1 }],
    })
  })
})
