import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSummary } from '../../src/report/index.ts'
import { type FixtureStore, openFixtureStore } from './fixture-store.ts'
import { attemptRow, clientRow, routerRow, runId, runRow, startUs } from './record-rows.ts'
import { sampleRun } from './sample-run.ts'

let store: FixtureStore

beforeAll(async () => {
  store = await openFixtureStore()
})
afterAll(() => store.close())

const run = sampleRun(120)
const count = run.clients.length

/** What a probe leaves behind: a row of the router and one of its attempt, here under the run. */
function probe(label: string, own: Parameters<typeof routerRow>[1] = {}) {
  const shared = { phase: 'probe', ts: startUs + 90_000_000, latency_us: 9_000_000 } as const
  const { outcome = 'ok', fault = 'none', error_type = '' } = own
  return {
    request: routerRow(label, { ...shared, charged_usd: 0n, ...own }),
    attempt: attemptRow(label, { ...shared, kind: 'probe', outcome, fault, error_type }),
  }
}

const probes = [
  probe('probe ok'),
  probe('probe failed', { outcome: 'error', fault: 'provider', error_type: 'provider_unavailable' }),
  probe('probe cut', { outcome: 'truncated', fault: 'provider', cost_usd: null, wasted_usd: null }),
  probe('probe not tried', { outcome: 'error', fault: 'policy', error_type: 'no_endpoints', attempts: 0 }),
]

describe('readSummary of a run with probes', () => {
  it('gives every number and every law as it does without them', async () => {
    await store.insert({
      requests: [...run.clients, ...run.routers],
      attempts: run.attempts,
      runs: [runRow({ planned: count, sent: count })],
    })
    const without = await readSummary(store, runId)
    await store.insert({
      requests: probes.map(({ request }) => request),
      // The last one's attempt is missing: that would break a law if it counted.
      attempts: probes.slice(0, 3).map(({ attempt }) => attempt),
    })
    const counted = await store.query("SELECT count() AS n FROM attempts WHERE kind = 'probe'")
    expect(counted).toEqual([{ n: '3' }])
    expect(await readSummary(store, runId)).toEqual(without)
    expect(without.conservation.verdict).toBe('holds')
  })

  it('counts the attempt of a request that tried a half-open endpoint as any other', async () => {
    await store.clear()
    await store.insert({
      requests: [clientRow('a'), routerRow('a')],
      attempts: [attemptRow('a', { kind: 'probe' })],
      runs: [runRow()],
    })
    const summary = await readSummary(store, runId)
    expect(summary.conservation).toMatchObject({ verdict: 'holds', violations: [] })
    expect(summary.endpoints).toMatchObject([{ endpoint: 'alpha/one', attempts: 1 }])
  })
})
