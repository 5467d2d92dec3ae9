import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, type Rng } from '../../src/core/index.ts'

function draws(rng: Rng, count: number): number[] {
  return Array.from({ length: count }, () => rng.next())
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const leftMean = mean(left)
  const rightMean = mean(right)
  const product = mean(left.map((value, index) => (value - leftMean) * ((right[index] ?? 0) - rightMean)))
  const spread = (values: readonly number[], center: number) =>
    Math.sqrt(mean(values.map(value => (value - center) ** 2)))
  return product / (spread(left, leftMean) * spread(right, rightMean))
}

describe('createRng', () => {
  it('gives the same numbers for the same seed, for ever', () => {
    expect(draws(createRng('7'), 4)).toMatchInlineSnapshot(`
      [
        0.9484699221793562,
        0.33269854402169585,
        0.41063969931565225,
        0.16621285467408597,
      ]
    `)
    expect(draws(createRng('7').fork('arrivals'), 2)).toMatchInlineSnapshot(`
      [
        0.12482738960534334,
        0.5167424238752574,
      ]
    `)
  })

  it('gives the same numbers twice for any seed and path of forks', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 4 }), (seed, labels) => {
        const make = () => labels.reduce((rng, label) => rng.fork(label), createRng(seed))
        expect(draws(make(), 8)).toEqual(draws(make(), 8))
      }),
    )
  })

  it('does not move when a fork is made or drawn from', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat({ max: 20 }), (seed, label, count) => {
        const forked = createRng(seed)
        draws(forked.fork(label), count)
        expect(draws(forked, 4)).toEqual(draws(createRng(seed), 4))
      }),
    )
  })

  it('forks the same stream however much was drawn before', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat({ max: 20 }), (seed, label, count) => {
        const used = createRng(seed)
        draws(used, count)
        expect(draws(used.fork(label), 4)).toEqual(draws(createRng(seed).fork(label), 4))
      }),
    )
  })

  it.each([
    ['two labels', createRng('7').fork('a'), createRng('7').fork('b')],
    ['a stream and its fork', createRng('7'), createRng('7').fork('a')],
    ['two seeds that differ by one', createRng('7'), createRng('8')],
    [
      'a fork of a fork and a label with a slash',
      createRng('7').fork('a').fork('b'),
      createRng('7').fork('a/b'),
    ],
    ['a fork and a seed with a slash', createRng('7').fork('a'), createRng('7/a')],
    ['labels in the other order', createRng('7').fork('a').fork('b'), createRng('7').fork('b').fork('a')],
  ])('keeps %s independent', (_name, left, right) => {
    const count = 4000
    // 5 standard errors of a zero correlation.
    expect(Math.abs(correlation(draws(left, count), draws(right, count)))).toBeLessThan(5 / Math.sqrt(count))
  })

  it('draws uniformly from [0, 1)', () => {
    const values = draws(createRng('uniform'), 20_000)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    const buckets = Array.from(
      { length: 10 },
      (_, at) => values.filter(v => Math.floor(v * 10) === at).length,
    )
    for (const bucket of buckets) expect(Math.abs(bucket - 2000)).toBeLessThan(220)
  })

  it('draws integers below the bound, each of them', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000_000 }), (seed, bound) => {
        const value = createRng(seed).int(bound)
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true)
      }),
    )
    const rng = createRng('dice')
    expect(new Set(Array.from({ length: 200 }, () => rng.int(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
  })

  it('draws normals of mean 0 and deviation 1', () => {
    const rng = createRng('normal')
    const values = Array.from({ length: 20_000 }, () => rng.normal())
    expect(Math.abs(mean(values))).toBeLessThan(0.04)
    expect(Math.abs(mean(values.map(value => value ** 2)) - 1)).toBeLessThan(0.06)
  })

  it('draws exponential gaps of the given mean, none negative', () => {
    const rng = createRng('gaps')
    const values = Array.from({ length: 20_000 }, () => rng.exponential(250))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.abs(mean(values) - 250)).toBeLessThan(10)
  })
})
