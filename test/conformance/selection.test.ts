import { describe, expect, it } from 'vitest'
import { createRng, createVirtualClock } from '../../src/core/index.ts'
import { decide } from '../../src/policy/index.ts'
import { decidingOn, providersOf } from '../policy/ranking.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  refusing,
  type TestRouter,
} from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { after, inTurn, tell } from './scripts.ts'
import { taggedPool } from '../router/tagged-pool.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const c = endpointOf({ provider: 'c', input: 3 })

describe('1. draws by 1/price²', () => {
  it.each([
    ['all are stable', {}, { a: 0.7347, b: 0.1837, c: 0.0816 }],
    ['b had outages', { b: { recentErrors: 1 } }, { a: 0.9, b: 0, c: 0.1 }],
  ])('come to the shares of the contract when %s', (_name, states, shares) => {
    const draws = 20_000
    const first = { a: 0, b: 0, c: 0 }
    const orders = new Set<string>()
    const rng = createRng('conformance')
    for (let draw = 0; draw < draws; draw++) {
      const decision = decide(decidingOn([a, b, c], { states, rng: rng.fork(`item-${draw}`) }))
      const order = providersOf(decision.candidates)
      const [head] = order
      if (head === 'a' || head === 'b' || head === 'c') first[head] += 1
      orders.add(order.join(' '))
    }
    for (const name of ['a', 'b', 'c'] as const) {
      expect(Math.abs(first[name] / draws - shares[name])).toBeLessThan(0.01)
    }
    // After a fails: c, then b, which is in trouble.
    if (shares.b === 0) expect(orders).toEqual(new Set(['a c b', 'c a b']))
  })
})

describe('2. an outage', () => {
  it('within 30 s demotes to last, and is over after them', async () => {
    const clock = createVirtualClock()
    const scripts = {
      a: inTurn(refusing(500), answering('A')),
      b: answering('B'),
      c: answering('C'),
    }
    await using router = await openTestRouter([a, b, c], scripts, { clock })
    const orders: (readonly string[])[] = []
    for (const ms of [0, 15_000, 14_000, 3_000]) {
      await clock.advanceMs(ms)
      orders.push((await tell(router)).order)
    }
    const [demoted, normal] = [
      ['B Cloud', 'C Cloud', 'A Cloud'],
      ['A Cloud', 'B Cloud', 'C Cloud'],
    ]
    expect(orders).toEqual([normal, demoted, demoted, normal])
  })
})

const failing = Object.fromEntries(['cheap', 'vertex', 'open'].map(name => [name, refusing(500)]))

describe('3. order', () => {
  it.each([
    [{ order: ['vertex'] }, ['vertex/eu-west1', 'vertex/us-east5', 'cheap', 'open']],
    [{ order: ['vertex'], allow_fallbacks: false }, ['vertex/eu-west1', 'vertex/us-east5']],
    [{ order: ['vertex/us-east5'] }, ['vertex/us-east5', 'cheap', 'vertex/eu-west1', 'open']],
    [{ order: ['vertex/us-east5'], allow_fallbacks: false }, ['vertex/us-east5']],
    [
      { order: ['open', 'Vertex Cloud'], allow_fallbacks: false },
      ['open', 'vertex/eu-west1', 'vertex/us-east5'],
    ],
    [{ order: ['open/fast', 'open'], allow_fallbacks: false }, ['open/priority', 'open']],
    [{ order: ['nobody'] }, ['cheap', 'vertex/eu-west1', 'vertex/us-east5', 'open']],
    [{ allow_fallbacks: false }, ['cheap']],
    [{ only: ['open'] }, ['open']],
    [{ only: ['open/priority'] }, ['open/priority']],
  ])('%j tries %j', async (provider, tags) => {
    // One more than there should be: whoever comes then must have been there before.
    const settings = { maxAttempts: tags.length + 1 }
    await using router = await openTestRouter(taggedPool, failing, { settings })
    const response = await router.post(ask({ provider }))
    expect(response.status).toBe(502)
    expect([...new Set(router.calls.map(({ body }) => body['model']))]).toEqual(tags)
  })

  it('with nothing in a closed list says so', async () => {
    await using router = await openTestRouter(taggedPool, failing)
    const provider = { order: ['nobody'], allow_fallbacks: false }
    const { error } = await bodyOf(router.post(ask({ provider })))
    expect(error.message).toMatch(/^No allowed providers are available for the selected model\./)
  })
})

/** A router whose `a` takes 900 ms for its first token and `b` 100 ms, both measured once. */
async function openMeasured() {
  const clock = createVirtualClock()
  const scripts = {
    a: after(clock, 900, answering('A')),
    b: after(clock, 100, answering('B')),
    two: after(clock, 100, answering('Two')),
  }
  const two = endpointOf({ provider: 'two', input: 9, model: 'acme/two' })
  const router = await openTestRouter([a, b, two], scripts, { clock })
  for (const [model, only] of [
    ['acme/one', 'a'],
    ['acme/one', 'b'],
    ['acme/two', 'two'],
  ]) {
    await (await router.post(ask({ model, stream: true, provider: { only: [only] } }))).text()
  }
  return router
}

describe('5. soft thresholds', () => {
  it.each([
    ['none', {}, ['A Cloud', 'B Cloud']],
    ['latency, by its median', { preferred_max_latency: 0.5 }, ['B Cloud', 'A Cloud']],
    ['latency, at a percentile', { preferred_max_latency: { p90: 0.5 } }, ['B Cloud', 'A Cloud']],
    ['throughput', { preferred_min_throughput: 20 }, ['B Cloud', 'A Cloud']],
    ['what nobody reaches', { preferred_max_latency: 0.01 }, ['A Cloud', 'B Cloud']],
  ])('reorder and never exclude: %s', async (_name, provider, order) => {
    await using router = await openMeasured()
    expect(await tell(router, provider)).toMatchObject({ status: 200, order, excluded: [] })
  })

  it('may bring a fallback model before the first one', async () => {
    await using router = await openMeasured()
    const provider = { only: ['a', 'two'], preferred_max_latency: 0.5 }
    const told = await tell(router, provider, { models: ['acme/two'] })
    expect(told.order).toEqual(['Two Cloud', 'A Cloud'])
  })
})

interface Shown {
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p99: number
}

async function shownOf(router: TestRouter): Promise<{ latency: Shown; throughput: Shown }> {
  const body: { data: { endpoints: Readonly<Record<string, Shown>>[] } } = JSON.parse(
    await (await router.get('/api/v1/models/acme/one/endpoints')).text(),
  )
  const [endpoint = {}] = body.data.endpoints
  const { latency_last_30m: latency, throughput_last_30m: throughput } = endpoint
  if (!latency || !throughput) throw new Error('nothing was measured')
  return { latency, throughput }
}

describe('6. percentiles', () => {
  it('are what N % of requests do better than: latency rises, throughput falls', async () => {
    const clock = createVirtualClock()
    const waits = Array.from({ length: 20 }, (_, index) => 100 * (index + 1))
    const [first = answering('A'), ...others] = waits.map(ms => after(clock, ms, answering('A')))
    const scripts = { a: inTurn(first, ...others), b: answering('B') }
    await using router = await openTestRouter([a], scripts, { clock })
    for (const _ of waits) await readEvents(await router.post(ask({ stream: true })))
    const { latency, throughput } = await shownOf(router)
    const speeds = waits.map(ms => 5 / (ms / 1000))
    const better = (value: number) => speeds.filter(speed => speed > value).length / speeds.length
    expect(better(throughput.p90)).toBeCloseTo(0.9, 1)
    expect(better(throughput.p50)).toBeCloseTo(0.5, 1)
    expect(throughput.p50).toBeGreaterThan(throughput.p75)
    expect(throughput.p75).toBeGreaterThan(throughput.p90)
    expect(latency.p50).toBeLessThan(latency.p75)
    expect(latency.p75).toBeLessThan(latency.p90)
    // The cut-off of a request reads them the same way.
    const slower = endpointOf({ provider: 'b', input: 5 })
    router.reload([a, slower])
    const between = (throughput.p50 + throughput.p90) / 2
    const orderBy = async (cutoff: object) => (await tell(router, { preferred_min_throughput: cutoff })).order
    expect(await orderBy({ p50: between })).toEqual(['A Cloud', 'B Cloud'])
    expect(await orderBy({ p90: between })).toEqual(['B Cloud', 'A Cloud'])
  })
})
