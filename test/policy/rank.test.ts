import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { rankEndpoints } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { providersOf, rankingOf, requestOf } from './ranking.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const c = endpointOf({ provider: 'c', input: 3 })
const outage = { recentErrors: 2, recentSuccesses: 1 }

function shareOfFirst(states: Parameters<typeof rankingOf>[1]): Record<string, number> {
  const rng = createRng('shares')
  const draws = 20_000
  const counts: Record<string, number> = {}
  for (let i = 0; i < draws; i++) {
    const [first = ''] = providersOf(rankEndpoints(rankingOf([a, b, c], { ...states, rng })).ranked)
    counts[first] = (counts[first] ?? 0) + 1 / draws
  }
  return counts
}

describe('rankEndpoints, load balancing', () => {
  it('draws stable endpoints by 1/price² (router contract, section 4.3)', () => {
    const shares = shareOfFirst({})
    expect(shares['a']).toBeCloseTo(0.7347, 2)
    expect(shares['b']).toBeCloseTo(0.1837, 2)
    expect(shares['c']).toBeCloseTo(0.0816, 2)
  })

  it('leaves an endpoint with a recent outage out of the draw', () => {
    const shares = shareOfFirst({ states: { b: outage } })
    expect(shares['a']).toBeCloseTo(0.9, 2)
    expect(shares['c']).toBeCloseTo(0.1, 2)
    expect(shares['b']).toBeUndefined()
  })

  it('backs up the drawn one by price, then with those that had an outage', () => {
    const { ranked, strategy } = rankEndpoints(
      rankingOf([c, b, a], { states: { b: outage }, rng: drawing(0) }),
    )
    expect(strategy).toBe('price-weighted')
    expect(ranked.map(({ endpoint, reason }) => [endpoint.provider.id, reason])).toEqual([
      ['a', 'drawn by 1/price², share 0.9000'],
      ['c', 'backup by price'],
      ['b', 'backup by price, after a recent outage'],
    ])
  })

  it.each([
    [{ recentErrors: 1, recentSuccesses: 1 }, true],
    [{ recentErrors: 1, recentSuccesses: 2 }, false],
    [{ recentErrors: 0, recentSuccesses: 9 }, false],
  ])('counts %j as an outage: %s', (state, isOutage) => {
    const { ranked } = rankEndpoints(rankingOf([a, b], { states: { a: state }, rng: drawing(0) }))
    expect(providersOf(ranked)).toEqual(isOutage ? ['b', 'a'] : ['a', 'b'])
  })

  it('puts endpoints in cool-down last, the one that is free first ahead, and never removes them', () => {
    const states = { a: { coolDownUntilNs: 3_000 }, b: { coolDownUntilNs: 2_000 }, c: outage }
    expect(providersOf(rankEndpoints(rankingOf([a, b, c], { states })).ranked)).toEqual(['c', 'b', 'a'])
  })

  it('ends a cool-down at its instant', () => {
    const states = { a: { coolDownUntilNs: 1_000 } }
    const { ranked } = rankEndpoints(rankingOf([a, b], { states, nowNs: 1_000, rng: drawing(0) }))
    expect(providersOf(ranked)).toEqual(['a', 'b'])
  })

  it('weighs the completion price by a quarter', () => {
    const dear = endpointOf({ provider: 'dear', input: 1, output: 8 })
    const { ranked } = rankEndpoints(rankingOf([dear], {}))
    expect(ranked[0]?.score).toBe(3)
  })

  it('draws evenly among endpoints that cost nothing', () => {
    const free = ['x', 'y'].map(provider => endpointOf({ provider, input: 0 }))
    const { ranked } = rankEndpoints(rankingOf(free, { rng: drawing(0.75) }))
    expect(ranked[0]?.reason).toBe('drawn by 1/price², share 0.5000')
    expect(providersOf(ranked)).toEqual(['y', 'x'])
  })

  it('gives the same ranking for the same arguments, and every endpoint exactly once', () => {
    const state = fc.record({
      recentErrors: fc.nat(3),
      recentSuccesses: fc.nat(3),
      coolDownUntilNs: fc.nat(2_000),
    })
    const property = fc.property(
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), state),
      fc.string(),
      (states, seed) => {
        const rank = () => rankEndpoints(rankingOf([a, b, c], { states, rng: createRng(seed) })).ranked
        expect(rank()).toEqual(rank())
        expect(providersOf(rank()).toSorted()).toEqual(['a', 'b', 'c'])
      },
    )
    fc.assert(property, { numRuns: 200 })
  })
})

describe('rankEndpoints, order', () => {
  it('follows the list, then balances the rest', () => {
    const request = requestOf({ order: ['c', 'b'] })
    const { ranked, strategy } = rankEndpoints(rankingOf([a, b, c], { request }))
    expect(strategy).toBe('order')
    expect(providersOf(ranked)).toEqual(['c', 'b', 'a'])
    expect(ranked[0]?.reason).toBe('place 1 in provider.order')
  })

  it('closes the list when fallbacks are off', () => {
    const request = requestOf({ order: ['c', 'b'], allow_fallbacks: false })
    const { ranked, excluded } = rankEndpoints(rankingOf([a, b, c], { request }))
    expect(providersOf(ranked)).toEqual(['c', 'b'])
    expect(excluded.map(e => [e.endpoint.provider.id, e.rule])).toEqual([['a', 'order_closed']])
  })

  it('beats sort, sticky and a recent outage, but not a cool-down', () => {
    const request = requestOf({ order: ['b', 'c'], sort: 'price' })
    const states = { b: { coolDownUntilNs: 9_000 }, c: outage }
    const { ranked } = rankEndpoints(rankingOf([a, b, c], { request, states, sticky: a.id }))
    expect(providersOf(ranked)).toEqual(['c', 'a', 'b'])
  })

  const vertex = ['google-vertex/us-east5', 'google-vertex/europe', 'google'].map((id, index) =>
    endpointOf({ provider: id, input: 3 - index, more: { id: `${id}/one` } }),
  )
  it.each([
    ['google-vertex', ['google-vertex/europe', 'google-vertex/us-east5', 'google']],
    ['google-vertex/us-east5', ['google-vertex/us-east5', 'google', 'google-vertex/europe']],
    ['google/one', ['google', 'google-vertex/europe', 'google-vertex/us-east5']],
    ['GOOGLE CLOUD', ['google', 'google-vertex/europe', 'google-vertex/us-east5']],
  ])('matches %s by base slug, region, endpoint id or display name', (slug, expected) => {
    const request = requestOf({ order: [slug] })
    const { ranked } = rankEndpoints(rankingOf(vertex, { request, rng: drawing(0) }))
    expect(providersOf(ranked)).toEqual(expected)
  })
})

describe('rankEndpoints, sort', () => {
  const states = {
    a: { ttftP50Ms: 300, tokensPerSecondP50: 20 },
    b: { ttftP50Ms: 100, tokensPerSecondP50: 90 },
  }
  it.each([
    ['price', ['a', 'b', 'c']],
    ['latency', ['b', 'a', 'c']],
    ['throughput', ['b', 'a', 'c']],
  ])('by %s ranks strictly, endpoints without data last', (sort, expected) => {
    const { ranked, strategy } = rankEndpoints(rankingOf([c, b, a], { request: requestOf({ sort }), states }))
    expect(strategy).toBe('sort')
    expect(providersOf(ranked)).toEqual(expected)
  })

  it('puts endpoints with a recent outage after the stable ones', () => {
    const request = requestOf({ sort: 'price' })
    const { ranked } = rankEndpoints(rankingOf([a, b, c], { request, states: { a: outage } }))
    expect(providersOf(ranked)).toEqual(['b', 'c', 'a'])
    expect(ranked[2]?.reason).toBe('by price, after a recent outage')
  })
})

describe('rankEndpoints, sticky', () => {
  it('puts the pinned endpoint first and balances the rest', () => {
    const { ranked, strategy } = rankEndpoints(rankingOf([a, b, c], { sticky: c.id, rng: drawing(0) }))
    expect(strategy).toBe('sticky')
    expect(providersOf(ranked)).toEqual(['c', 'a', 'b'])
    expect(ranked[0]?.reason).toBe('pinned to this conversation')
  })

  it.each([
    ['has a recent outage', { states: { c: outage } }],
    ['is in cool-down', { states: { c: { coolDownUntilNs: 9_000 } } }],
    ['is filtered', { request: requestOf({ ignore: ['c'] }) }],
    ['is left out by sort', { request: requestOf({ sort: 'price' }) }],
  ])('is not followed when the pinned endpoint %s', (_name, options) => {
    const { ranked, strategy } = rankEndpoints(
      rankingOf([a, b, c], { ...options, sticky: c.id, rng: drawing(0) }),
    )
    expect(strategy).not.toBe('sticky')
    expect(providersOf(ranked)[0]).toBe('a')
  })
})

/** A source whose draws are all `value`. */
function drawing(value: number) {
  return { ...createRng('fixed'), next: () => value }
}
