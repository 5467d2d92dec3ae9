import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uuidOf } from '../../src/core/index.ts'
import { checkConservation } from '../../src/report/index.ts'
import { type FixtureRows, type FixtureStore, openFixtureStore } from './fixture-store.ts'
import { attemptRow, clientRow, routerRow, runRow } from './record-rows.ts'

let store: FixtureStore

/** One run per case, all inserted at once. */
const caseRunId = (index: number) => `case-${index}`

beforeAll(async () => {
  store = await openFixtureStore()
  const runs = cases.map((rows, index) => withRunId(caseRunId(index), brokenRun(rows)))
  await store.insert({
    requests: runs.flatMap(({ requests = [] }) => requests),
    attempts: runs.flatMap(({ attempts = [] }) => attempts),
    runs: runs.flatMap(({ runs: own = [] }) => own),
  })
})
afterAll(() => store.close())

function brokenRun({ requests = [], attempts = [], runs = [run] }: FixtureRows): FixtureRows {
  return { requests: [...good.requests, ...requests], attempts: [...good.attempts, ...attempts], runs }
}

function withRunId(id: string, { requests = [], attempts = [], runs = [] }: FixtureRows): FixtureRows {
  const renamed = { run_id: id }
  return {
    requests: requests.map(row => Object.assign({}, row, renamed)),
    attempts: attempts.map(row => Object.assign({}, row, renamed)),
    runs: runs.map(row => Object.assign({}, row, renamed)),
  }
}

const run = runRow({ planned: 2, sent: 2 })
const good = { requests: [clientRow('good'), routerRow('good')], attempts: [attemptRow('good')] }
const billed = 1_500_000_000n

/** One request `bad` beside a good one, broken in one way, and the one law that says so. */
const cases: readonly (FixtureRows & { name: string; law: string; ids?: readonly string[] })[] = [
  {
    name: 'a request was sent whose client record is missing',
    law: 'sent',
    ids: [],
  },
  {
    name: 'more requests were sent than planned',
    law: 'planned',
    requests: [clientRow('bad'), routerRow('bad')],
    attempts: [attemptRow('bad')],
    runs: [runRow({ planned: 1, sent: 2 })],
    ids: [],
  },
  {
    name: 'records were dropped',
    law: 'dropped',
    requests: [clientRow('bad'), routerRow('bad')],
    attempts: [attemptRow('bad')],
    runs: [runRow({ planned: 2, sent: 2, records_dropped: 1 })],
    ids: [],
  },
  {
    name: 'a client record is there twice',
    law: 'client_once',
    requests: [clientRow('bad'), clientRow('bad'), routerRow('bad')],
    attempts: [attemptRow('bad')],
    runs: [runRow({ planned: 3, sent: 3 })],
  },
  {
    name: 'the router answered without a record',
    law: 'router_once',
    requests: [clientRow('bad')],
  },
  {
    name: 'the router recorded a request twice',
    law: 'router_once',
    requests: [
      clientRow('bad'),
      routerRow('bad', { attempts: 0, cost_usd: 0n }),
      routerRow('bad', { cost_usd: billed }),
    ],
    attempts: [attemptRow('bad')],
  },
  {
    name: 'a router record belongs to no client record',
    law: 'client_known',
    requests: [clientRow('other'), routerRow('other'), routerRow('bad')],
    attempts: [attemptRow('other'), attemptRow('bad')],
  },
  {
    name: 'an attempt record is missing',
    law: 'attempts',
    requests: [clientRow('bad'), routerRow('bad', { attempts: 2 })],
    attempts: [attemptRow('bad')],
  },
  {
    name: 'an attempt belongs to no router record',
    law: 'attempts',
    requests: [clientRow('bad', { http_status: 0, outcome: 'error', fault: 'network' })],
    attempts: [attemptRow('bad')],
  },
  {
    name: 'two attempts won',
    law: 'winner',
    requests: [clientRow('bad'), routerRow('bad', { attempts: 2, cost_usd: 2n * billed })],
    attempts: [attemptRow('bad'), attemptRow('bad', { attempt_no: 2 })],
  },
  {
    name: 'a request succeeded although no attempt won',
    law: 'winner',
    requests: [clientRow('bad'), routerRow('bad')],
    attempts: [attemptRow('bad', { winner: false })],
  },
  {
    name: "a request's cost is a pico-dollar off the sum of its attempts'",
    law: 'cost',
    requests: [clientRow('bad'), routerRow('bad', { attempts: 2, cost_usd: billed + 6n })],
    attempts: [attemptRow('bad'), attemptRow('bad', { attempt_no: 2, winner: false, cost_usd: 5n })],
  },
  {
    name: "a request's cost is told although an attempt's is unknown",
    law: 'cost',
    requests: [clientRow('bad'), routerRow('bad', { attempts: 2 })],
    attempts: [attemptRow('bad'), attemptRow('bad', { attempt_no: 2, winner: false, cost_usd: null })],
  },
  {
    name: "a request's cost is unknown although every attempt's is told",
    law: 'cost',
    requests: [clientRow('bad'), routerRow('bad', { cost_usd: null })],
    attempts: [attemptRow('bad')],
  },
  ...(
    ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens'] as const
  ).map(column => ({
    name: `the client was told other ${column} than the winning attempt`,
    law: 'tokens',
    requests: [clientRow('bad', { [column]: 999 }), routerRow('bad')],
    attempts: [attemptRow('bad')],
  })),
]

describe('checkConservation', () => {
  it.each(cases.map(({ name, law, ids }, index) => ({ index, name, law, ids })))(
    'names $law when $name',
    async ({ index, law, ids = [uuidOf('bad')] }) => {
      const { verdict, violations } = await checkConservation(store, caseRunId(index))
      expect(violations.map(one => [one.law, one.count, one.requestIds])).toEqual([[law, 1, ids]])
      expect(verdict).toBe('broken')
    },
  )

  it('finds nothing wrong with rescues, refusals, lost connections and answers without usage', async () => {
    const noUsage = {
      usage_source: 'none',
      input_tokens: null,
      output_tokens: null,
      cache_read_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
    } as const
    await store.insert(
      withRunId('kept', {
        requests: [
          clientRow('rescued'),
          routerRow('rescued', { attempts: 2, cost_usd: billed + 7n }),
          clientRow('refused', { outcome: 'error', http_status: 400, ...noUsage }),
          routerRow('refused', { outcome: 'error', attempts: 0, cost_usd: 0n, ...noUsage }),
          clientRow('unreachable', { outcome: 'error', fault: 'network', http_status: 0, ...noUsage }),
          clientRow('untold', noUsage),
          routerRow('untold'),
          clientRow('unpriced'),
          routerRow('unpriced', { cost_usd: null }),
        ],
        attempts: [
          attemptRow('rescued', { winner: false, outcome: 'error', cost_usd: 7n, ...noUsage }),
          attemptRow('rescued', { attempt_no: 2 }),
          attemptRow('untold'),
          attemptRow('unpriced', { cost_usd: null }),
        ],
        runs: [runRow({ planned: 9, sent: 5 })],
      }),
    )
    expect(await checkConservation(store, 'kept')).toMatchObject({ verdict: 'holds', violations: [] })
  })

  it('does not ask another target than our router for a router record', async () => {
    await store.insert(
      withRunId('other-target', {
        requests: [...good.requests, clientRow('direct', { target: 'openrouter' })],
        attempts: good.attempts,
        runs: [run],
      }),
    )
    expect(await checkConservation(store, 'other-target')).toMatchObject({ verdict: 'holds' })
  })

  it('names at most three requests of a broken law', async () => {
    const labels = ['a', 'b', 'c', 'd', 'e']
    await store.insert(
      withRunId('many', {
        requests: labels.flatMap(label => [clientRow(label), routerRow(label, { attempts: 3 })]),
        attempts: labels.map(label => attemptRow(label)),
        runs: [runRow({ planned: 5, sent: 5 })],
      }),
    )
    const { violations } = await checkConservation(store, 'many')
    expect(violations).toMatchObject([{ law: 'attempts', count: 5 }])
    expect(violations[0]?.requestIds).toHaveLength(3)
  })

  it('leaves out laws about the end of a run that was killed', async () => {
    await store.insert(
      withRunId('killed', {
        requests: [clientRow('a'), routerRow('a'), routerRow('in flight')],
        attempts: [attemptRow('a'), attemptRow('in flight')],
        runs: [runRow({ version: 1, status: 'running', planned: 9, sent: 0 })],
      }),
    )
    const { verdict, checked } = await checkConservation(store, 'killed')
    expect(verdict).toBe('holds')
    expect(checked).toEqual(['client_once', 'router_once', 'attempts', 'winner', 'cost', 'tokens'])
  })

  it('says that nothing could be checked where there is no record', async () => {
    expect(await checkConservation(store, 'nobody')).toEqual({
      verdict: 'unchecked',
      checked: [],
      violations: [],
    })
  })
})
