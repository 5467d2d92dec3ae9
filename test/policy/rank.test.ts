import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { decide } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import {
  candidateOf,
  type DecidingSpec,
  decidingOn,
  flat,
  idleHealth,
  providersOf,
  requestOf,
} from './ranking.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const c = endpointOf({ provider: 'c', input: 3 })
const outage = { recentErrors: 2, recentSuccesses: 1 }

/** A source whose draws are all `value`. */
function drawing(value: number) {
  const rng = { ...createRng('fixed'), next: () => value, fork: () => rng }
  return rng
}

function ranked(endpoints: Parameters<typeof decidingOn>[0], spec: DecidingSpec = {}) {
  const { models, candidates, policy } = decide(decidingOn(endpoints, spec))
  return { candidates, policy, providers: providersOf(candidates), excluded: models[0]?.excluded ?? [] }
}

function shareOfFirst(spec: DecidingSpec, optionsOf = (_draw: number): DecidingSpec => ({})) {
  const draws = 20_000
  const rng = createRng('shares')
  const counts: Record<string, number> = {}
  for (let i = 0; i < draws; i++) {
    const more = { rng: rng.fork(String(i)), ...optionsOf(i) }
    const [first = ''] = ranked([a, b, c], { ...spec, ...more }).providers
    counts[first] = (counts[first] ?? 0) + 1 / draws
  }
  return counts
}

const allStable = { a: 0.7347, b: 0.1837, c: 0.0816 }

describe('rankEndpoints, load balancing', () => {
  it.each([
    ['all stable', {}, allStable],
    ['b with a recent outage', { states: { b: outage } }, { a: 0.9, c: 0.1 }],
    ['b degraded', { states: { b: { uptimePercent: 94.99 } } }, { a: 0.9, c: 0.1 }],
  ])('draws by 1/price², %s (router contract, sections 4.3 and 11.1)', (_name, spec, expected) => {
    const shares = shareOfFirst(spec)
    expect(Object.keys(shares).toSorted()).toEqual(Object.keys(expected))
    for (const [provider, share] of Object.entries(expected)) {
      expect(Math.abs((shares[provider] ?? 0) - share)).toBeLessThan(0.01)
    }
  })

  it('draws conversations by the same shares, whatever the seed', () => {
    const shares = shareOfFirst({}, draw => ({ affinityKey: `conversation ${draw}` }))
    for (const [provider, share] of Object.entries(allStable)) {
      expect(Math.abs((shares[provider] ?? 0) - share)).toBeLessThan(0.01)
    }
  })

  it('gives a conversation the same order in every process, and moves only those whose endpoint left', () => {
    const conversations = Array.from({ length: 500 }, (_, index) => `conversation ${index}`)
    for (const affinityKey of conversations) {
      const here = ranked([a, b, c], { affinityKey, rng: createRng('one') }).providers
      const there = ranked([c, a, b], { affinityKey, rng: createRng('two') }).providers
      expect(here).toEqual(there)
      const without = ranked([a, b, c], { affinityKey, request: requestOf({ ignore: [here[0]] }) }).providers
      expect(without).toEqual(here.slice(1))
    }
  })

  it('backs up the drawn one by price, then the degraded, then those that had an outage', () => {
    const d = endpointOf({ provider: 'd', input: 0.5 })
    const { candidates, policy } = ranked([c, b, a, d], {
      states: { b: outage, d: { uptimePercent: 90 } },
      rng: drawing(0),
    })
    expect(policy).toBe('price-weighted@3')
    expect(candidates.map(({ endpoint, reason }) => [endpoint.provider.id, reason])).toEqual([
      ['a', 'drawn by 1/price², share 0.9000'],
      ['c', 'backup by price'],
      ['d', 'backup by price, uptime 90 %'],
      ['b', 'backup by price, after a recent outage'],
    ])
  })

  it.each([
    [{ recentErrors: 1, recentSuccesses: 1 }, true],
    [{ recentErrors: 1, recentSuccesses: 2 }, false],
    [{ recentErrors: 0, recentSuccesses: 9 }, false],
    [{ uptimePercent: 79.99 }, true],
    [{ uptimePercent: 80 }, true],
    [{ uptimePercent: 94.99 }, true],
    [{ uptimePercent: 95 }, false],
  ])('puts an endpoint with %j behind a normal one: %s', (state, isBehind) => {
    const { providers } = ranked([a, b], { states: { a: state }, rng: drawing(0) })
    expect(providers).toEqual(isBehind ? ['b', 'a'] : ['a', 'b'])
  })

  it('weighs the completion price by a quarter', () => {
    const dear = endpointOf({ provider: 'dear', input: 1, output: 8 })
    expect(ranked([dear]).candidates[0]?.score).toBe(3)
  })

  it('draws evenly among endpoints that cost nothing', () => {
    const free = ['x', 'y'].map(provider => endpointOf({ provider, input: 0 }))
    const { candidates, providers } = ranked(free, { rng: drawing(0.75) })
    expect(candidates[0]?.reason).toBe('drawn by 1/price², share 0.5000')
    expect(providers).toEqual(['y', 'x'])
  })

  it('gives the same order for the same arguments, and every endpoint exactly once', () => {
    const state = fc.record({
      recentErrors: fc.nat(3),
      recentSuccesses: fc.nat(3),
      uptimePercent: fc.option(fc.nat(100)),
    })
    const spec = fc.record({
      states: fc.dictionary(fc.constantFrom('a', 'b', 'c'), state),
      affinityKey: fc.option(fc.string()),
      settings: fc.record({ strategy: fc.constantFrom('price-weighted', 'adaptive') }),
      request: fc.constantFrom({}, { sort: 'latency' }, { order: ['b'] }).map(value => requestOf(value)),
    })
    const property = fc.property(spec, fc.string(), (given, seed) => {
      const rank = () => ranked([a, b, c], { ...given, rng: createRng(seed) })
      expect(rank()).toEqual(rank())
      expect(rank().providers.toSorted()).toEqual(['a', 'b', 'c'])
    })
    fc.assert(property, { numRuns: 200 })
  })
})

describe('rankEndpoints, order', () => {
  it('follows the list, then balances the rest', () => {
    const { candidates, providers, policy } = ranked([a, b, c], {
      request: requestOf({ order: ['c', 'b'] }),
    })
    expect(policy).toBe('order@3')
    expect(providers).toEqual(['c', 'b', 'a'])
    expect(candidates[0]?.reason).toBe('place 1 in provider.order')
  })

  it('closes the list when fallbacks are off', () => {
    const request = requestOf({ order: ['c', 'b'], allow_fallbacks: false })
    const { providers, excluded } = ranked([a, b, c], { request })
    expect(providers).toEqual(['c', 'b'])
    expect(excluded.map(e => [e.endpoint.provider.id, e.rule])).toEqual([['a', 'order_closed']])
  })

  it('beats sort, pin and a recent outage', () => {
    const request = requestOf({ order: ['c', 'b'], sort: 'price' })
    expect(ranked([a, b, c], { request, states: { c: outage }, pinned: a.id }).providers).toEqual([
      'c',
      'b',
      'a',
    ])
  })

  it('lets a pin choose among the listed ones where settings say so', () => {
    const spec = { request: requestOf({ order: ['c', 'b'] }), settings: { stickyWithinOrder: true } }
    expect(ranked([a, b, c], { ...spec, pinned: b.id })).toMatchObject({
      providers: ['b', 'c', 'a'],
      policy: 'sticky@3',
    })
    expect(ranked([a, b, c], { ...spec, pinned: a.id }).providers).toEqual(['c', 'b', 'a'])
  })

  const vertex = ['google-vertex/us-east5', 'google-vertex/europe', 'google'].map((tag, index) =>
    endpointOf({ provider: tag, input: 3 - index, more: { id: `${tag}/one`, tag } }),
  )
  it.each([
    ['google-vertex', ['google-vertex/europe', 'google-vertex/us-east5', 'google']],
    ['google-vertex/us-east5', ['google-vertex/us-east5', 'google', 'google-vertex/europe']],
    ['google/one', ['google', 'google-vertex/europe', 'google-vertex/us-east5']],
    ['GOOGLE CLOUD', ['google', 'google-vertex/europe', 'google-vertex/us-east5']],
  ])('matches %s by base slug, region, endpoint id or display name', (slug, expected) => {
    const request = requestOf({ order: [slug] })
    expect(ranked(vertex, { request, rng: drawing(0) }).providers).toEqual(expected)
  })
})

describe('rankEndpoints, sort and variants', () => {
  const states = {
    a: { ttftMs: flat(300), tokensPerSecond: flat(20) },
    b: { ttftMs: flat(100), tokensPerSecond: flat(90) },
  }
  it.each([
    ['price', ['a', 'b', 'c']],
    ['latency', ['b', 'a', 'c']],
    ['throughput', ['b', 'a', 'c']],
  ])('by %s ranks strictly, endpoints without data last', (sort, expected) => {
    const result = ranked([c, b, a], { request: requestOf({ sort }), states })
    expect(result).toMatchObject({ policy: 'sort@3', providers: expected })
  })

  it('puts endpoints with a recent outage after the stable ones', () => {
    const { providers, candidates } = ranked([a, b, c], {
      request: requestOf({ sort: 'price' }),
      states: { a: outage },
    })
    expect(providers).toEqual(['b', 'c', 'a'])
    expect(candidates[2]?.reason).toBe('by price, after a recent outage')
  })

  it.each([
    ['nitro', null, ['b', 'a', 'c']],
    ['floor', null, ['a', 'b', 'c']],
    ['nitro', 'price', ['a', 'b', 'c']],
  ] as const)('reads :%s as a sort, which the sort of the request (%s) beats', (variant, sort, expected) => {
    const models = [candidateOf('acme/one', { variant })]
    const request = requestOf(sort === null ? {} : { sort }, { models })
    expect(ranked([c, b, a], { request, states }).providers).toEqual(expected)
  })
})

describe('rankEndpoints, service tiers', () => {
  const tiered = (provider: string, tier: 'flex' | 'priority', input: number) =>
    endpointOf({ provider, input, more: { id: `${provider}/${tier}`, tag: `${provider}/${tier}`, tier } })
  const slow = tiered('p', 'priority', 1)
  const fast = tiered('q', 'priority', 9)
  const states = { p: { tokensPerSecond: flat(10) }, q: { tokensPerSecond: flat(99) } }

  it('puts priority endpoints first, by throughput, and the others behind them as they are balanced', () => {
    const request = requestOf({}, { tier: 'priority' })
    const { providers } = ranked([b, slow, a, fast], { request, states, rng: drawing(0) })
    expect(providers).toEqual(['q', 'p', 'a', 'b'])
  })

  it('uses flex endpoints only, the cheapest first', () => {
    const request = requestOf({}, { tier: 'flex' })
    const flex = [tiered('r', 'flex', 0.7), tiered('s', 'flex', 0.2)]
    const { providers, excluded } = ranked([a, ...flex], { request })
    expect(providers).toEqual(['s', 'r'])
    expect(excluded.map(e => e.rule)).toEqual(['tier'])
  })

  it('follows a pin within the tier only', () => {
    const request = requestOf({}, { tier: 'priority' })
    const ask = (pinned: string) =>
      ranked([a, slow, fast], { request, states, pinned, rng: drawing(0) }).providers
    expect(ask(slow.id)).toEqual(['p', 'q', 'a'])
    expect(ask(a.id)).toEqual(['q', 'p', 'a'])
  })
})

describe('rankEndpoints, pins', () => {
  it('puts the pinned endpoint first and balances the rest', () => {
    const { candidates, providers, policy } = ranked([a, b, c], { pinned: c.id, rng: drawing(0) })
    expect(policy).toBe('sticky@3')
    expect(providers).toEqual(['c', 'a', 'b'])
    expect(candidates[0]?.reason).toBe('pinned to this conversation')
  })

  it('stays at a pinned endpoint that is only degraded', () => {
    expect(ranked([a, c], { pinned: c.id, states: { c: { uptimePercent: 90 } } }).providers[0]).toBe('c')
  })

  it.each([
    ['has a recent outage', { states: { c: outage } }],
    ['is hardly up', { states: { c: { uptimePercent: 79 } } }],
    ['is in cool-down', { states: { c: { coolDownUntilNs: 9_000 } } }],
    ['is filtered', { request: requestOf({ ignore: ['c'] }) }],
    ['is left out by sort', { request: requestOf({ sort: 'price' }) }],
    [
      'misses a cut-off',
      { request: requestOf({ preferred_max_latency: 1 }), states: { c: { ttftMs: flat(1_001) } } },
    ],
  ])('is not followed when the pinned endpoint %s', (_name, spec) => {
    const { providers, policy } = ranked([a, b, c], { ...spec, pinned: c.id, rng: drawing(0) })
    expect(policy).not.toBe('sticky@3')
    expect(providers[0]).toBe('a')
  })
})

describe('rankEndpoints, tool-call quality', () => {
  const judged = (tokensPerSecond: number, badToolCallRequests: number) => ({
    requestsIn30Min: 100,
    toolCallRequests: 200,
    badToolCallRequests,
    tokensPerSecond: flat(tokensPerSecond),
  })
  const d = endpointOf({ provider: 'd', input: 4 })
  const e = endpointOf({ provider: 'e', input: 5 })
  const states = {
    a: judged(100, 60),
    b: judged(100, 4),
    c: judged(101, 2),
    d: judged(99, 2),
    e: idleHealth,
  }
  const withTools = (provider: object = {}) => requestOf(provider, { parameters: ['tools'] })

  it('sorts good, then unknown, then worse than their peers; the good ones by tool success and throughput', () => {
    const spec = { request: requestOf({ sort: 'exacto' }), states }
    const { candidates, providers, policy } = ranked([a, b, c, d, e], spec)
    expect(policy).toBe('exacto@3')
    expect(providers).toEqual(['c', 'd', 'b', 'e', 'a'])
    expect(candidates.at(-1)?.reason).toBe('by exacto, worse than its peers')
  })

  it('balances within the tiers of a request with tools where settings say so', () => {
    const spec = { request: withTools(), states, settings: { autoExacto: true }, rng: drawing(0) }
    expect(ranked([a, b, c, d, e], spec)).toMatchObject({
      policy: 'exacto@3',
      providers: ['b', 'c', 'd', 'e', 'a'],
    })
  })

  it.each([
    ['the setting is off', { request: withTools(), settings: { autoExacto: false } }, 'price-weighted@3'],
    ['there are no tools', { settings: { autoExacto: true } }, 'price-weighted@3'],
    [
      'it is sorted by price',
      { request: withTools({ sort: 'price' }), settings: { autoExacto: true } },
      'sort@3',
    ],
  ])('does not when %s', (_name, spec, policy) => {
    const result = ranked([a, b, c, d, e], { ...spec, states, rng: drawing(0) })
    expect(result.policy).toBe(policy)
    expect(result.providers[0]).toBe('a')
  })

  it('keeps a conversation at a pinned endpoint of the best tier, and takes it away from a worse one', () => {
    const spec = { request: withTools(), states, settings: { autoExacto: true } }
    expect(ranked([a, b, c, d, e], { ...spec, pinned: d.id }).policy).toBe('sticky@3')
    expect(ranked([a, b, c, d, e], { ...spec, pinned: a.id }).policy).toBe('exacto@3')
  })

  it('judges among all endpoints of the model, not only those left for the request', () => {
    const spec = { request: requestOf({ sort: 'exacto', only: ['a', 'e'] }), states }
    expect(ranked([a, b, c, d, e], spec).providers).toEqual(['e', 'a'])
  })
})
