import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { createRegimeProcess, regimeFault, regimeNames } from '../../../src/sim/model/regimes.ts'

const meanMs = { healthy: 60_000, slow: 10_000, down: 5000 }
const drawn = (seed: string) => createRegimeProcess({ kind: 'drawn', meanMs }, createRng(seed))

describe('createRegimeProcess', () => {
  it('begins healthy', () => {
    for (const seed of ['a', 'b', 'c']) expect(drawn(seed).at(0)).toBe('healthy')
  })

  it('stays in each regime for its mean share of the time', () => {
    const process = drawn('long')
    const count = { healthy: 0, slow: 0, rate_limited: 0, erroring: 0, down: 0 }
    const samples = 400_000
    for (let at = 0; at < samples; at++) count[process.at(at * 1000)] += 1
    // Half of the bad times are slow and half down: a cycle takes 60 + (10 + 5) / 2 s.
    expect(count.healthy / samples).toBeCloseTo(60 / 67.5, 1.5)
    expect(count.slow / samples).toBeCloseTo(5 / 67.5, 1.5)
    expect(count.down / samples).toBeCloseTo(2.5 / 67.5, 1.5)
    expect(count.rate_limited + count.erroring).toBe(0)
  })

  it('has dwell times with the mean that was asked for, and exponential ones', () => {
    const process = drawn('dwell')
    const dwells: number[] = []
    let since = 0
    let last = process.at(0)
    for (let at = 0; at < 200_000_000; at += 250) {
      const regime = process.at(at)
      if (regime === last) continue
      if (last === 'healthy') dwells.push(at - since)
      since = at
      last = regime
    }
    const mean = dwells.reduce((sum, dwell) => sum + dwell, 0) / dwells.length
    expect(mean / meanMs.healthy).toBeGreaterThan(0.93)
    expect(mean / meanMs.healthy).toBeLessThan(1.07)
    const beyondMean = dwells.filter(dwell => dwell > meanMs.healthy).length / dwells.length
    expect(beyondMean).toBeCloseTo(Math.exp(-1), 1.3)
  })

  it('gives the same regimes in whatever order instants are asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000_000), { minLength: 1, maxLength: 30 }), times => {
        const forward = drawn('order')
        const inOrder = new Map(times.toSorted((a, b) => a - b).map(at => [at, forward.at(at)] as const))
        const asked = drawn('order')
        for (const at of times) expect(asked.at(at)).toBe(inOrder.get(at))
      }),
    )
  })

  it('stays healthy for ever when no other regime has a mean', () => {
    const process = createRegimeProcess({ kind: 'drawn', meanMs: { healthy: 1 } }, createRng('x'))
    expect(process.at(1e12)).toBe('healthy')
  })

  it('goes from regime to regime by the weights of a row, and as without them where there is none', () => {
    const course = {
      kind: 'drawn',
      meanMs: { healthy: 1, slow: 1, erroring: 1, down: 1 },
      transitions: { healthy: { slow: 1 }, slow: { erroring: 3, healthy: 1 }, erroring: { down: 1 } },
    } as const
    const process = createRegimeProcess(course, createRng('matrix'))
    const counts = new Map<string, number>()
    let before = process.at(0)
    for (let at = 0; at < 20_000; at++) {
      const now = process.at(at / 10)
      if (now !== before) counts.set(`${before} ${now}`, (counts.get(`${before} ${now}`) ?? 0) + 1)
      before = now
    }
    const of = (name: string) => counts.get(name) ?? 0
    expect(of('healthy slow')).toBeGreaterThan(100)
    expect(of('slow erroring') / (of('slow erroring') + of('slow healthy'))).toBeCloseTo(0.75, 1)
    expect(of('down healthy')).toBeGreaterThan(100)
    // A few dwell times are shorter than a step and are not seen.
    expect(of('healthy down') + of('down slow')).toBeLessThan(of('healthy slow') / 5)
  })

  it.each([
    [0, 'healthy'],
    [19_999, 'healthy'],
    [20_000, 'down'],
    [49_999, 'down'],
    [50_000, 'healthy'],
    [1e9, 'healthy'],
  ] as const)('follows a script: at %d ms %s', (elapsedMs, regime) => {
    const steps = [
      { atMs: 20_000, regime: 'down' as const },
      { atMs: 50_000, regime: 'healthy' as const },
    ]
    expect(createRegimeProcess({ kind: 'script', steps }, createRng('x')).at(elapsedMs)).toBe(regime)
  })
})

describe('regimeFault', () => {
  const rule = {
    provider: 'deepinfra',
    model: null,
    course: { kind: 'script', steps: [] },
    slowFactor: 3,
    ratio: 0.5,
    status: 502,
  } as const

  it('makes a fault of every regime but healthy', () => {
    const faults = regimeNames.map(name => regimeFault(rule, name))
    expect(faults.map(fault => fault?.kind)).toEqual([undefined, 'slow', 'rate_limit', 'status', 'outage'])
    expect(faults.map(fault => fault?.ratio)).toEqual([undefined, 1, 0.5, 0.5, 1])
    expect(regimeFault(rule, 'erroring')?.status).toBe(502)
    expect(regimeFault(rule, 'slow')?.factor).toBe(3)
  })
})
