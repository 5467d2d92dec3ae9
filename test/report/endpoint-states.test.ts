import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSummary, renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts'
import { type FixtureStore, openFixtureStore } from './fixture-store.ts'
import { clientRow, routerRow, runId, runRow, startUs, stateRow } from './record-rows.ts'

let store: FixtureStore

beforeAll(async () => {
  store = await openFixtureStore()
})
afterAll(() => store.close())
beforeEach(() => store.clear())

const requests = [clientRow('a', { ts: startUs + 1_000_000 }), routerRow('a', { ts: startUs + 1_000_500 })]
const statesOf = async () => (await readSummary(store, runId)).endpointStates
const renderings = (summary: Awaited<ReturnType<typeof readSummary>>) => [
  renderText(summary, { width: 120, color: false }),
  renderMarkdown(summary),
  renderHtml(summary),
]

describe('readSummary of the states of endpoints', () => {
  it('makes spans without gaps of an outage, from the start of the run to its end', async () => {
    await store.insert({
      requests,
      runs: [runRow()],
      states: [
        stateRow(10, { reason: '3 errors in a row' }),
        stateRow(15, { from_state: 'open', to_state: 'half_open', reason: 'open for 5 s' }),
        stateRow(16.25, { from_state: 'half_open', to_state: 'closed', reason: 'answered' }),
      ],
    })
    expect(await statesOf()).toEqual({
      fromSeconds: 0,
      toSeconds: 60,
      endpoints: [
        {
          router: 'router',
          provider: 'alpha',
          model: 'm/one',
          endpoint: 'alpha/one',
          changes: 3,
          spans: [
            { state: 'closed', fromSeconds: 0, toSeconds: 10, reason: '' },
            { state: 'open', fromSeconds: 10, toSeconds: 15, reason: '3 errors in a row' },
            { state: 'half_open', fromSeconds: 15, toSeconds: 16.25, reason: 'open for 5 s' },
            { state: 'closed', fromSeconds: 16.25, toSeconds: 60, reason: 'answered' },
          ],
        },
      ],
    })
  })

  it('keeps endpoints apart, and those of two routers too', async () => {
    const beta = { endpoint: 'beta/one', provider: 'beta' }
    await store.insert({
      requests,
      runs: [runRow()],
      states: [
        stateRow(3, { ...beta, to_state: 'cooling' }),
        stateRow(2, { router: 'router-simulated' }),
        stateRow(5),
        stateRow(1, { run_id: 'another run' }),
      ],
    })
    const { endpoints } = await statesOf()
    expect(endpoints.map(({ router, endpoint, spans }) => [router, endpoint, spans[1]?.state])).toEqual([
      ['router', 'alpha/one', 'open'],
      ['router', 'beta/one', 'cooling'],
      ['router-simulated', 'alpha/one', 'open'],
    ])
    const [text = ''] = renderings(await readSummary(store, runId))
    expect(text).toContain('alpha/one (router-simulated)')
  })

  it('goes by the requests where a killed run never wrote its end', async () => {
    await store.insert({ requests: [routerRow('a', { latency_us: 2_000_000 })], states: [stateRow(0.5)] })
    expect(await statesOf()).toMatchObject({
      fromSeconds: 0,
      toSeconds: 2,
      endpoints: [
        {
          spans: [
            { state: 'closed', toSeconds: 0.5 },
            { state: 'open', toSeconds: 2 },
          ],
        },
      ],
    })
  })

  it('lists the first changes of an endpoint that never comes to rest, and counts all', async () => {
    const states = Array.from({ length: 600 }, (_, index) => {
      const [from_state, to_state] =
        index % 2 === 0 ? (['closed', 'open'] as const) : (['open', 'closed'] as const)
      return stateRow(index / 10, { from_state, to_state })
    })
    await store.insert({ requests, runs: [runRow()], states })
    const [alpha] = (await statesOf()).endpoints
    expect(alpha).toMatchObject({ changes: 600 })
    expect(alpha?.spans).toHaveLength(500)
    expect(alpha?.spans.at(-1)).toMatchObject({ toSeconds: 49.9 })
    const [text = ''] = renderings(await readSummary(store, runId))
    expect(text).toContain('Of an endpoint with more than 500 changes, the first are listed.')
  })

  it('shows nothing of a run in which nothing changed', async () => {
    await store.insert({ requests, runs: [runRow()] })
    const summary = await readSummary(store, runId)
    expect(summary.endpointStates.endpoints).toEqual([])
    for (const report of renderings(summary)) expect(report).not.toMatch(/endpoint[- ]state|left alone/i)
  })
})
