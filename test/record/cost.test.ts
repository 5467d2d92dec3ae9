import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../../src/catalog/index.ts'
import { formatUsd, parseUsd } from '../../src/core/index.ts'
import { costOf, type Usage } from '../../src/record/index.ts'

function usd(text: string): bigint {
  const amount = parseUsd(text)
  if (amount === null) throw new Error(`no amount: ${text}`)
  return amount
}

function price(input: string, output: string, cache: { read?: string; write?: string } = {}): Price {
  return {
    input: usd(input),
    output: usd(output),
    cacheRead: cache.read === undefined ? null : usd(cache.read),
    cacheWrite: cache.write === undefined ? null : usd(cache.write),
    request: 0n,
    version: 'test',
  }
}

function usage(
  inputTokens: number,
  outputTokens: number,
  cache: { read?: number; write?: number } = {},
): Usage {
  const { read: cacheReadTokens = 0, write: cacheWriteTokens = 0 } = cache
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: 0,
    reportedCost: null,
  }
}

const openai = price('2.5e-6', '1e-5', { read: '1.25e-6' })
const anthropic = price('3e-6', '1.5e-5', { read: '3e-7', write: '3.75e-6' })
const anthropicHour = price('3e-6', '1.5e-5', { read: '3e-7', write: '6e-6' })

const perToken = fc.bigInt({ min: 0n, max: 10n ** 9n })
const prices = fc.record({
  input: perToken,
  output: perToken,
  cacheRead: fc.option(perToken),
  cacheWrite: fc.option(perToken),
  request: perToken,
  version: fc.constant('test'),
})
const tokens = fc.nat({ max: 2_000_000 })
const usages = fc
  .tuple(tokens, tokens, tokens, tokens)
  .map(([plain, read, write, output]) => usage(plain + read + write, output, { read, write }))

describe('costOf', () => {
  it('refuses usage with more cached and written tokens than input', () => {
    expect(() => costOf(openai, usage(10, 1, { read: 6, write: 5 }))).toThrow(RangeError)
  })

  it.each([
    ['an OpenAI cache read', openai, usage(10_339, 60, { read: 10_318 }), '0.01355', '0.0128975'],
    ['an Anthropic 5-minute write', anthropic, usage(10_000, 100, { write: 9000 }), '0.03825', '-0.00675'],
    ['an Anthropic 1-hour write', anthropicHour, usage(10_000, 100, { write: 9000 }), '0.0585', '-0.027'],
    ['an Anthropic read', anthropic, usage(10_000, 100, { read: 9000 }), '0.0072', '0.0243'],
  ] as const)('prices %s as OpenRouter does', (...[, of, used, total, discount]) => {
    const cost = costOf(of, used)
    expect([formatUsd(cost.total), formatUsd(cost.cacheDiscount)]).toEqual([total, discount])
  })

  it('pays a 5-minute write back after one read and a 1-hour write after two', () => {
    const write = usage(9000, 0, { write: 9000 })
    const read = usage(9000, 0, { read: 9000 })
    const saved = (of: Price, reads: bigint) =>
      costOf(of, write).cacheDiscount + reads * costOf(of, read).cacheDiscount
    expect(saved(anthropic, 0n)).toBeLessThan(0n)
    expect(saved(anthropic, 1n)).toBeGreaterThan(0n)
    expect(saved(anthropicHour, 1n)).toBeLessThan(0n)
    expect(saved(anthropicHour, 2n)).toBeGreaterThan(0n)
  })

  it('bills cached tokens as input where the endpoint has no price for them', () => {
    const plain = price('2e-6', '8e-6')
    const cost = costOf(plain, usage(1000, 10, { read: 400, write: 300 }))
    expect(cost.total).toBe(costOf(plain, usage(1000, 10)).total)
    expect(cost.cacheDiscount).toBe(0n)
  })

  it('adds the fee of a request once, with and without cache', () => {
    const cost = costOf({ ...openai, request: usd('0.01') }, usage(0, 0))
    expect([formatUsd(cost.total), formatUsd(cost.withoutCache), cost.cacheDiscount]).toEqual([
      '0.01',
      '0.01',
      0n,
    ])
  })

  it('keeps total and discount in balance with the cost without cache', () => {
    fc.assert(
      fc.property(prices, usages, (of, used) => {
        const cost = costOf(of, used)
        expect(cost.total + cost.cacheDiscount).toBe(cost.withoutCache)
        expect(cost.total).toBeGreaterThanOrEqual(0n)
      }),
    )
  })

  it('is additive over answers, but for the fee of each', () => {
    fc.assert(
      fc.property(prices, usages, usages, (of, one, two) => {
        const both = usage(one.inputTokens + two.inputTokens, one.outputTokens + two.outputTokens, {
          read: one.cacheReadTokens + two.cacheReadTokens,
          write: one.cacheWriteTokens + two.cacheWriteTokens,
        })
        expect(costOf(of, both).total + of.request).toBe(costOf(of, one).total + costOf(of, two).total)
      }),
    )
  })

  it('does not bill reasoning twice: it is part of the output', () => {
    const used = usage(100, 50)
    expect(costOf(openai, { ...used, reasoningTokens: 40 })).toEqual(costOf(openai, used))
  })
})
