import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { candidateOf, type DecidingSpec, decidingOn, flat, providersOf, requestOf } from './ranking.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const c = endpointOf({ provider: 'c', input: 3 })
const x = endpointOf({ provider: 'x', input: 0.1, model: 'acme/two' })
const y = endpointOf({ provider: 'y', input: 2.5, model: 'acme/two' })
const all = [a, b, c, x, y]
const both = [candidateOf('acme/one'), candidateOf('acme/two')]
const cooling = (coolDownUntilNs: number) => ({ coolDownUntilNs })

function decided(spec: DecidingSpec) {
  const decision = decide(decidingOn(all, spec))
  return {
    providers: providersOf(decision.candidates),
    reasons: decision.candidates.map(({ reason }) => reason),
    excluded: decision.models.flatMap(m => m.excluded.map(e => [e.endpoint.provider.id, e.rule])),
    decision,
  }
}

describe('decide, models', () => {
  it('puts the endpoints of the first model before those of the next', () => {
    const request = requestOf({ sort: 'price' }, { models: both })
    expect(decided({ request }).providers).toEqual(['a', 'b', 'c', 'x', 'y'])
  })

  it('sorts all models together where partition is none, and still tells them apart', () => {
    const request = requestOf({ sort: { by: 'price', partition: 'none' } }, { models: both })
    const { providers, decision } = decided({ request })
    expect(providers).toEqual(['x', 'a', 'b', 'y', 'c'])
    expect(decision.models.map(m => providersOf(m.ranked))).toEqual([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ])
  })

  it('takes the strategy from the model of the first candidate', () => {
    const models = [candidateOf('acme/one'), candidateOf('acme/two', { variant: 'floor' })]
    const request = requestOf({ only: ['x', 'y'] }, { models })
    expect(decided({ request }).decision.policy).toBe('sort@3')
  })

  it('decides nothing without an endpoint', () => {
    const { decision } = decided({ request: requestOf({ only: ['nobody'] }) })
    expect(decision).toMatchObject({ policy: 'price-weighted@3', candidates: [] })
  })
})

describe('decide, prices with overrides', () => {
  const hour = 3_600_000_000
  const tiered = endpointOf({
    provider: 'a',
    more: { price: { ...a.price, overrides: [{ minPromptTokens: 1_000, amounts: { input: 4_000_000n } }] } },
  })
  const nightly = endpointOf({
    provider: 'c',
    more: {
      price: {
        ...c.price,
        overrides: [{ utcWindow: { startMinute: 0, endMinute: 60 }, amounts: { input: 500_000n } }],
      },
    },
  })

  it.each([
    ['a short prompt by day', 1_000, 12 * hour, ['a', 'b', 'c'], [1, 2, 3]],
    ['a long prompt by day', 1_001, 12 * hour, ['b', 'c', 'a'], [2, 3, 4]],
    ['a short prompt at night', 1_000, 0, ['c', 'a', 'b'], [0.5, 1, 2]],
  ])('compares what is paid for %s', (_name, estimatedInputTokens, epochUs, providers, scores) => {
    const request = requestOf({ sort: 'price' }, { estimatedInputTokens })
    const { candidates } = decide(decidingOn([tiered, b, nightly], { request, epochUs }))
    expect(providersOf(candidates)).toEqual(providers)
    expect(candidates.map(({ score }) => score)).toEqual(scores)
  })
})

describe('decide, cool-down', () => {
  it('excludes endpoints in cool-down while any endpoint of any model may serve', () => {
    const states = { a: cooling(5_000_001), b: cooling(2_000), c: cooling(3_000) }
    const { providers, excluded, decision } = decided({ states, request: requestOf({}, { models: both }) })
    expect(providers.toSorted()).toEqual(['x', 'y'])
    expect(excluded).toEqual(['a', 'b', 'c'].map(provider => [provider, 'cool_down']))
    expect(decision.models[0]?.excluded[0]?.detail).toBe('in cool-down for another 5 ms')
  })

  it('keeps the one that is free first when all that passed the other filters are cooling', () => {
    const states = { a: cooling(4_000), b: cooling(2_000), c: cooling(3_000) }
    const { providers, reasons, excluded } = decided({ states, request: requestOf({ ignore: ['b'] }) })
    expect(providers).toEqual(['c'])
    expect(reasons).toEqual(['last resort, in cool-down'])
    expect(excluded).toEqual([
      ['b', 'ignore'],
      ['a', 'cool_down'],
    ])
  })

  it('ends a cool-down at its instant', () => {
    expect(decided({ states: { a: cooling(1_000) }, nowNs: 1_000 }).providers).toContain('a')
    expect(decided({ states: { a: cooling(1_001) }, nowNs: 1_000 }).providers).not.toContain('a')
  })

  it('always leaves one endpoint, and never a cooling one beside another', () => {
    const states = fc.record({ a: fc.nat(3), b: fc.nat(3), c: fc.nat(3) })
    const property = fc.property(states, fc.nat(3), (until, nowNs) => {
      const { providers } = decided({
        states: { a: cooling(until.a), b: cooling(until.b), c: cooling(until.c) },
        nowNs,
      })
      const free = Object.entries(until).filter(([, end]) => end <= nowNs)
      expect(providers).toHaveLength(Math.max(free.length, 1))
      const first = new Map(Object.entries(until)).get(providers[0] ?? '')
      if (free.length === 0) expect(first).toBe(Math.min(until.a, until.b, until.c))
    })
    fc.assert(property)
  })
})

describe('decide, cut-offs', () => {
  const slow = { ttftMs: flat(2_500), tokensPerSecond: { p50: 45.2, p75: 38.5, p90: 28.3, p99: 15.1 } }

  it.each([
    [{ preferred_min_throughput: 45.2 }, false],
    [{ preferred_min_throughput: 45.3 }, true],
    [{ preferred_min_throughput: { p90: 28.3 } }, false],
    [{ preferred_min_throughput: { p90: 28.4 } }, true],
    [{ preferred_min_throughput: { p50: 40, p99: 20 } }, true],
    [{ preferred_max_latency: 2.5 }, false],
    [{ preferred_max_latency: { p99: 2.4 } }, true],
  ])('with %j puts the endpoint at the end: %s, and excludes none', (provider, isLast) => {
    const request = requestOf({ ...provider, order: ['a', 'b', 'c'] })
    const { providers, excluded } = decided({ request, states: { a: slow } })
    expect(providers).toEqual(isLast ? ['b', 'c', 'a'] : ['a', 'b', 'c'])
    expect(excluded).toEqual([])
  })

  it('says which cut-off was missed', () => {
    const request = requestOf({ preferred_min_throughput: { p90: 30 }, order: ['a'] })
    expect(decided({ request, states: { a: slow } }).reasons.at(-1)).toBe(
      'place 1 in provider.order; behind the others: throughput p90 of 28.3 tokens/s is below 30',
    )
  })

  it('holds nothing against an endpoint without data', () => {
    const request = requestOf({ sort: 'price', preferred_max_latency: 1 })
    expect(decided({ request, states: { b: slow } }).providers).toEqual(['a', 'c', 'b'])
  })

  it('may put a fallback model before the first one', () => {
    const request = requestOf({ preferred_max_latency: 1, sort: 'price' }, { models: both })
    const { providers } = decided({ request, states: { a: slow, b: slow, c: slow } })
    expect(providers).toEqual(['x', 'y', 'a', 'b', 'c'])
  })

  it('draws among those that meet them', () => {
    const request = requestOf({ preferred_max_latency: 1 })
    const { reasons } = decided({ request, states: { a: slow, b: slow } })
    expect(reasons[0]).toBe('drawn by 1/price², share 1.0000')
    expect(reasons[1]).toMatch(/^drawn by .* behind the others: latency p50 of 2500 ms is above 1000 ms$/)
  })

  it('never excludes and never doubles an endpoint', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
    const seconds = fc.record({ a: fc.nat(5), b: fc.nat(5), x: fc.nat(5) })
    const property = fc.property(limit, seconds, fc.boolean(), (most, ttft, together) => {
      const request = requestOf(
        { preferred_max_latency: most, sort: { by: 'latency', partition: together ? 'none' : 'model' } },
        { models: both },
      )
      const states = Object.fromEntries(
        Object.entries(ttft).map(([id, s]) => [id, { ttftMs: flat(s * 1000) }]),
      )
      expect(decided({ request, states }).providers.toSorted()).toEqual(['a', 'b', 'c', 'x', 'y'])
    })
    fc.assert(property)
  })
})

describe('decide, breakers', () => {
  const open = (breakerUntilNs: number) => ({ breaker: 'open' as const, breakerUntilNs })
  const halfOpen = (breakerUntilNs = 0) => ({ breaker: 'half_open' as const, breakerUntilNs })

  it('excludes endpoints whose breaker is open while any endpoint of any model may serve', () => {
    const states = { a: open(5_000_001), b: open(2_000), c: open(3_000) }
    const { providers, excluded, decision } = decided({ request: requestOf({}, { models: both }), states })
    expect(providers.toSorted()).toEqual(['x', 'y'])
    expect(excluded).toEqual(['a', 'b', 'c'].map(provider => [provider, 'breaker_open']))
    expect(decision.models[0]?.excluded[0]?.detail).toBe('breaker open for another 5 ms')
  })

  it('leaves a half-open one at its place, marked, and excludes it while another request tries it', () => {
    const request = requestOf({ sort: 'price' })
    const free = decided({ request, states: { a: halfOpen() } })
    expect(free.providers).toEqual(['a', 'b', 'c'])
    expect(free.reasons[0]).toMatch(/; breaker half open, tried by one$/)
    expect(free.decision.candidates.map(({ breaker }) => breaker)).toEqual([
      'half_open',
      undefined,
      undefined,
    ])
    const taken = decided({ request, states: { a: halfOpen(2_000_000) } })
    expect(taken.providers).toEqual(['b', 'c'])
    expect(taken.decision.models[0]?.excluded[0]?.detail).toBe(
      'breaker half open, another request tries it for another 2 ms',
    )
  })

  it('keeps the one that is free first as the last resort, by breaker and cool-down alike', () => {
    const states = { a: open(4_000), b: { ...open(2_000), coolDownUntilNs: 9_000 }, c: cooling(3_000) }
    const { providers, reasons, excluded } = decided({ states })
    expect([providers, reasons]).toEqual([['c'], ['last resort, in cool-down']])
    expect(excluded).toEqual([
      ['a', 'breaker_open'],
      ['b', 'breaker_open'],
    ])
    const { decision } = decided({ states: { ...states, c: open(1_500) } })
    expect(decision.candidates).toMatchObject([
      { endpoint: { id: c.id }, reason: 'last resort, breaker open', breaker: 'open' },
    ])
  })

  it('always leaves one endpoint, and never one that rests beside another', () => {
    const rest = fc.constantFrom({}, open(2_000), halfOpen(), halfOpen(3_000), cooling(2_500))
    const property = fc.property(fc.record({ a: rest, b: rest, c: rest }), states => {
      const { providers } = decided({ states })
      const isFree = (provider: string) => {
        const state = { breakerUntilNs: 0, coolDownUntilNs: 0, ...Object(states)[provider] }
        return Math.max(state.breakerUntilNs, state.coolDownUntilNs) <= 1_000
      }
      const free = ['a', 'b', 'c'].filter(isFree)
      if (free.length > 0) expect(providers.toSorted()).toEqual(free)
      else expect(providers.length).toBe(1)
    })
    fc.assert(property)
  })
})
