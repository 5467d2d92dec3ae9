import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { adaptiveShares, drawByShares } from '../../src/policy/adaptive.ts'
import type { Contender } from '../../src/policy/contender.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { flat, idleHealth, providersOf } from './ranking.ts'

const numbers = fc.record({
  price: fc.double({ min: 0, max: 100, noNaN: true }),
  ttft: fc.double({ min: 1, max: 60_000, noNaN: true }),
  speed: fc.double({ min: 0.1, max: 5_000, noNaN: true }),
  failed: fc.nat(40),
  rateLimited: fc.nat(40),
  badCalls: fc.nat(50),
})
type Numbers = typeof numbers extends fc.Arbitrary<infer T> ? T : never

function contenderOf(n: Numbers, index: number, isKnown = true): Contender {
  const health = {
    ...idleHealth,
    ttftMs: isKnown ? flat(n.ttft) : null,
    tokensPerSecond: isKnown ? flat(n.speed) : null,
    attempts: 80,
    failed: n.failed,
    rateLimited: n.rateLimited,
    toolCallRequests: 50,
    badToolCallRequests: n.badCalls,
  }
  return { endpoint: endpointOf({ provider: `p${index}` }), health, price: n.price, band: 0 }
}

function isNoWorse(a: Numbers, b: Numbers): boolean {
  const costs = (n: Numbers) => [n.price, n.ttft, -n.speed, n.failed + n.rateLimited, n.badCalls]
  return costs(a).every((cost, index) => cost <= (costs(b)[index] ?? cost))
}

const even: Numbers = { price: 1, ttft: 500, speed: 50, failed: 0, rateLimited: 0, badCalls: 0 }

describe('adaptiveShares', () => {
  it('adds up to 1 and leaves everyone a part of the exploration', () => {
    const property = fc.property(
      fc.array(numbers, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (list, isKnown) => {
        const shares = adaptiveShares(
          list.map((n, index) => contenderOf(n, index, isKnown || index % 2 === 0)),
        )
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0.05 / list.length - 1e-12)
      },
    )
    fc.assert(property)
  })

  it('never gives the better of two the smaller share', () => {
    const property = fc.property(
      numbers,
      numbers,
      fc.array(numbers, { maxLength: 6 }),
      (one, two, others) => {
        const better = {
          price: Math.min(one.price, two.price),
          ttft: Math.min(one.ttft, two.ttft),
          speed: Math.max(one.speed, two.speed),
          failed: Math.min(one.failed, two.failed),
          rateLimited: Math.min(one.rateLimited, two.rateLimited),
          badCalls: Math.min(one.badCalls, two.badCalls),
        }
        expect(isNoWorse(better, one)).toBe(true)
        const [first = 0, second = 0] = adaptiveShares(
          [better, one, ...others].map((n, i) => contenderOf(n, i)),
        )
        expect(first).toBeGreaterThanOrEqual(second - 1e-12)
      },
    )
    fc.assert(property)
  })

  it.each([
    ['half the price', { ...even, price: 0.5 }, 0.785],
    ['a quarter of the wait', { ...even, ttft: 125 }, 0.785],
    ['four times the speed', { ...even, speed: 200 }, 0.785],
    ['no failures where the other has as many as answers', even, 0.751],
  ])('gives %s a share of its own', (_name, better, expected) => {
    const other = better === even ? { ...even, failed: 40 } : even
    const [share = 0] = adaptiveShares([better, other].map((n, index) => contenderOf(n, index)))
    expect(share).toBeCloseTo(expected, 3)
  })
})

describe('drawByShares', () => {
  it('draws the first by its share, and the next by the shares of those left', () => {
    const contenders = [1, 2, 4].map((price, index) => contenderOf({ ...even, price }, index))
    const shares = adaptiveShares(contenders)
    const rng = createRng('adaptive')
    const rounds = 20_000
    let first = 0
    let second = 0
    for (let i = 0; i < rounds; i++) {
      const drawn = providersOf(drawByShares(contenders, { affinityKey: null, rng }))
      if (drawn[0] === 'p0') first += 1 / rounds
      if (drawn[0] === 'p2' && drawn[1] === 'p1') second += 1 / rounds
    }
    const [s0 = 0, s1 = 0, s2 = 0] = shares
    expect(Math.abs(first - s0)).toBeLessThan(0.01)
    expect(Math.abs(second - (s2 * s1) / (s0 + s1))).toBeLessThan(0.01)
  })

  it('draws endpoints in trouble last, and a conversation always alike', () => {
    const contenders = [1, 2, 4].map((price, index) => contenderOf({ ...even, price }, index))
    const [best, ...others] = contenders
    if (!best) throw new Error('no contender')
    const withTrouble = [{ ...best, band: 2 as const }, ...others]
    const draw = (seed: string) =>
      providersOf(drawByShares(withTrouble, { affinityKey: 'talk', rng: createRng(seed) }))
    expect(draw('one')).toEqual(draw('two'))
    expect(draw('one')[2]).toBe('p0')
  })
})
