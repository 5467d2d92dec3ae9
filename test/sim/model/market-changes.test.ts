import { describe, expect, it } from 'vitest'
import { conditionsAt, type MarketChange } from '../../../src/sim/model/market-changes.ts'
import { endpointOf } from '../tiny-catalog.ts'

const endpoint = endpointOf()
const base = { provider: 'deepinfra', model: null, atMs: 1000 }
const at = (change: MarketChange | readonly MarketChange[], elapsedMs: number) =>
  conditionsAt([change].flat(), endpoint, elapsedMs)

const price: MarketChange = {
  ...base,
  kind: 'price',
  input: 7n,
  output: null,
  cacheRead: 2n,
  cacheWrite: null,
}
const swap: MarketChange = { ...base, kind: 'swapped', qualityFactor: 0.5, speedFactor: 2, overMs: 100 }

describe('conditionsAt', () => {
  it('changes nothing before its time, nor elsewhere', () => {
    const asListed = { endpoint, isWithdrawn: false, qualityFactor: 1, speedFactor: 1 }
    expect(at(price, 999)).toEqual(asListed)
    expect(at({ ...price, provider: 'groq' }, 1000)).toEqual(asListed)
    expect(at({ ...price, model: 'a/b' }, 1000)).toEqual(asListed)
  })

  it('changes the prices that are named, under another version', () => {
    expect(at(price, 1000).endpoint.price).toEqual({
      input: 7n,
      output: endpoint.price.output,
      cacheRead: 2n,
      cacheWrite: null,
      request: 0n,
      version: 'test+changed@1000ms',
    })
  })

  it('withdraws a model and reduces a context', () => {
    expect(at({ ...base, kind: 'withdrawn' }, 1000).isWithdrawn).toBe(true)
    const reduced = at({ ...base, kind: 'context', contextTokens: 4096, model: endpoint.modelId }, 1000)
    expect(reduced.endpoint.contextTokens).toBe(4096)
  })

  it.each([
    [999, 1, 1],
    [1000, 1, 1],
    [1050, 0.75, 1.5],
    [1100, 0.5, 2],
    [9999, 0.5, 2],
  ])('drifts in a straight line: at %d ms to %d of quality and %d of speed', (...row) => {
    const [elapsedMs, qualityFactor, speedFactor] = row
    expect(at(swap, elapsedMs)).toMatchObject({ qualityFactor, speedFactor })
  })

  it('swaps at once when no time is given', () => {
    expect(at({ ...swap, overMs: 0 }, 1000)).toMatchObject({ qualityFactor: 0.5, speedFactor: 2 })
  })

  it('applies changes in the order of their times', () => {
    const later = { ...price, atMs: 2000, input: 9n }
    expect(at([later, price], 3000).endpoint.price.input).toBe(9n)
  })
})
