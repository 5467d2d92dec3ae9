import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../../src/catalog/index.ts'
import { formatUsd } from '../../src/core/index.ts'
import { costOf, type Usage } from '../../src/record/index.ts'
import { at, knownCost, noon, price, usage, usd } from './money.ts'

const openai = price('2.5e-6', '1e-5', { cacheRead: usd('1.25e-6') })
const anthropic = price('3e-6', '1.5e-5', {
  cacheRead: usd('3e-7'),
  cacheWrite: usd('3.75e-6'),
  cacheWrite1h: usd('6e-6'),
})
const written = { cacheWriteTokens: 9000 }
const writtenForAnHour = { cacheWriteTokens: 9000, cacheWrite1hTokens: 9000 }

describe('costOf', () => {
  it.each([
    ['an OpenAI cache read', openai, usage(10_339, 60, { cacheReadTokens: 10_318 }), '0.01355', '0.0128975'],
    ['an Anthropic 5-minute write', anthropic, usage(10_000, 100, written), '0.03825', '-0.00675'],
    ['an Anthropic 1-hour write', anthropic, usage(10_000, 100, writtenForAnHour), '0.0585', '-0.027'],
    ['an Anthropic read', anthropic, usage(10_000, 100, { cacheReadTokens: 9000 }), '0.0072', '0.0243'],
  ] as const)('prices %s as OpenRouter does', (...[, of, used, total, discount]) => {
    const cost = knownCost(of, used)
    expect([formatUsd(cost.total), formatUsd(cost.cacheDiscount)]).toEqual([total, discount])
  })

  it('tells what each kind of token cost', () => {
    const mixed = usage(10_000, 500, {
      cacheReadTokens: 4000,
      cacheWriteTokens: 3000,
      cacheWrite1hTokens: 1000,
      reasoningTokens: 200,
    })
    const { parts, prompt, completion } = knownCost({ ...anthropic, request: usd('0.001') }, mixed)
    expect(Object.fromEntries(Object.entries(parts).map(([part, cost]) => [part, formatUsd(cost)]))).toEqual({
      input: '0.009',
      cacheRead: '0.0012',
      cacheWrite5m: '0.0075',
      cacheWrite1h: '0.006',
      output: '0.0045',
      reasoning: '0.003',
      audio: '0',
      image: '0',
      request: '0.001',
    })
    expect([formatUsd(prompt), formatUsd(completion)]).toEqual(['0.0247', '0.0075'])
  })

  it('pays a 5-minute write back after one read and a 1-hour write after two', () => {
    const read = usage(9000, 0, { cacheReadTokens: 9000 })
    const saved = (write: Partial<Usage>, reads: bigint) =>
      knownCost(anthropic, usage(9000, 0, write)).cacheDiscount +
      reads * knownCost(anthropic, read).cacheDiscount
    expect(saved(written, 0n)).toBeLessThan(0n)
    expect(saved(written, 1n)).toBeGreaterThan(0n)
    expect(saved(writtenForAnHour, 1n)).toBeLessThan(0n)
    expect(saved(writtenForAnHour, 2n)).toBeGreaterThan(0n)
  })

  it('bills cached tokens as input where the endpoint has no price for them', () => {
    const plain = price('2e-6', '8e-6')
    const cached = { cacheReadTokens: 400, cacheWriteTokens: 300, cacheWrite1hTokens: 100 }
    const cost = knownCost(plain, usage(1000, 10, cached))
    expect(cost.total).toBe(knownCost(plain, usage(1000, 10)).total)
    expect(cost.cacheDiscount).toBe(0n)
  })

  it('adds the fee of a request once, with and without cache', () => {
    const cost = knownCost({ ...openai, request: usd('0.01') }, usage(0, 0))
    expect([formatUsd(cost.total), formatUsd(cost.withoutCache), cost.cacheDiscount]).toEqual([
      '0.01',
      '0.01',
      0n,
    ])
  })

  it('bills reasoning once: as output, or at its own price', () => {
    const used = usage(100, 50, { reasoningTokens: 40 })
    expect(knownCost(openai, used).total).toBe(knownCost(openai, usage(100, 50)).total)
    const dear = knownCost({ ...openai, reasoning: usd('3e-5') }, used)
    expect(formatUsd(dear.completion)).toBe('0.0013')
  })

  it('costs nothing where nothing has a price', () => {
    expect(knownCost(price('0', '0'), usage(1000, 100, { cacheReadTokens: 5 }))).toMatchObject({
      total: 0n,
      cacheDiscount: 0n,
    })
  })
})

describe('costOf with audio and images', () => {
  const gemini = price('3e-7', '2.5e-6', {
    cacheRead: usd('3e-8'),
    audio: usd('1e-6'),
    audioCacheRead: usd('1e-7'),
  })

  it('bills audio at its own prices, cached or not', () => {
    const used = usage(1000, 0, { audioTokens: 600, cacheReadTokens: 500, audioCacheReadTokens: 300 })
    const cost = knownCost(gemini, used)
    // 200 text, 200 cached text, 300 audio, 300 cached audio.
    expect(formatUsd(cost.total)).toBe('0.000396')
    expect(formatUsd(cost.parts.audio)).toBe('0.00033')
    expect(formatUsd(cost.withoutCache)).toBe('0.00072')
  })

  it('bills audio like text where it has no price of its own, whatever was cached', () => {
    const { audio: _audio, audioCacheRead: _read, ...plain } = gemini
    const used = usage(1000, 0, { audioTokens: 600, cacheReadTokens: 500 })
    expect(knownCost(plain, used).total).toBe(knownCost(plain, { ...used, audioTokens: 0 }).total)
  })

  it('adds what images cost beside their tokens', () => {
    const vision = price('1e-6', '2e-6', { image: usd('0.001'), imageOutput: usd('0.04') })
    const cost = knownCost(vision, usage(100, 10, { outputImages: 1 }), { ...noon, images: 3 })
    expect(formatUsd(cost.parts.image)).toBe('0.043')
    expect([formatUsd(cost.prompt), formatUsd(cost.completion)]).toEqual(['0.0031', '0.04002'])
    expect(cost.cacheDiscount).toBe(0n)
  })

  it('bills tokens of images and audio that goes out at their own prices', () => {
    const own = price('1e-6', '2e-6', { imageToken: usd('5e-6'), audioOutput: usd('2e-5') })
    const cost = knownCost(own, usage(100, 50, { imageTokens: 40, audioOutputTokens: 30 }))
    expect(formatUsd(cost.parts.image)).toBe('0.0002')
    expect(formatUsd(cost.parts.audio)).toBe('0.0006')
    expect(formatUsd(cost.total)).toBe('0.0009')
  })
})

describe('costOf of what cannot be known', () => {
  const audio = price('3e-7', '2.5e-6', { cacheRead: usd('3e-8'), audio: usd('1e-6') })
  const fiveMinutesOnly = price('3e-6', '1.5e-5', { cacheWrite: usd('3.75e-6') })
  const vision = price('1e-6', '2e-6', { imageToken: usd('5e-6') })

  it.each([
    ['usage_contradictory', openai, usage(10, 1, { cacheReadTokens: 6, cacheWriteTokens: 5 })],
    ['usage_contradictory', openai, usage(10, 1, { reasoningTokens: 2 })],
    ['usage_contradictory', openai, usage(-1, 1)],
    ['usage_contradictory', openai, usage(1.5, 1)],
    ['usage_contradictory', openai, usage(1, 1, { cacheWrite1hTokens: 1 })],
    ['usage_contradictory', openai, usage(5, 1, { audioTokens: 6 })],
    [
      'usage_contradictory',
      audio,
      usage(10, 1, { audioTokens: 8, cacheReadTokens: 6, audioCacheReadTokens: 0 }),
    ],
    [
      'no_price_cache_write_1h',
      fiveMinutesOnly,
      usage(10, 1, { cacheWriteTokens: 5, cacheWrite1hTokens: 1 }),
    ],
    ['modality_unknown', audio, usage(10, 1, { audioTokens: 5, cacheReadTokens: 5 })],
    ['modality_unknown', audio, usage(10, 1, { audioTokens: 5, cacheWriteTokens: 5 })],
    ['modality_unknown', vision, usage(10, 1, { imageTokens: 5, cacheReadTokens: 5 })],
    ['modality_unknown', vision, usage(10, 1)],
    [
      'no_price_audio_cache_read',
      audio,
      usage(10, 1, { audioTokens: 5, cacheReadTokens: 5, audioCacheReadTokens: 5 }),
    ],
    ['out_of_range', { ...openai, request: usd('1000000') }, usage(0, 0)],
  ] as const)('says %s', (reason, of, used) => {
    expect(costOf(of, used, { ...noon, images: 1 })).toEqual({ isKnown: false, reason })
  })
})

describe('costOf with overrides', () => {
  const tiered = price('1e-6', '2e-6', {
    overrides: [{ minPromptTokens: 1000, amounts: { input: usd('2e-6'), output: usd('4e-6') } }],
  })

  it('counts all tokens of the prompt, cached ones too, and asks for strictly more', () => {
    const total = (used: Usage) => formatUsd(knownCost(tiered, used).total)
    expect(total(usage(1000, 100))).toBe('0.0012')
    expect(total(usage(1001, 100))).toBe('0.002402')
    expect(total(usage(1001, 100, { cacheReadTokens: 1001 }))).toBe('0.002402')
  })

  it('compares with the cost without caching at the same tier', () => {
    const cached = { ...tiered, cacheRead: usd('1e-7') }
    const cost = knownCost(cached, usage(2000, 0, { cacheReadTokens: 2000 }))
    expect([formatUsd(cost.total), formatUsd(cost.withoutCache)]).toEqual(['0.0002', '0.004'])
    expect(cost.price.input).toBe(usd('2e-6'))
  })

  it('takes the time of the request', () => {
    const night = { startMinute: 16 * 60 + 30, endMinute: 30 }
    const nightly = price('1e-6', '0', { overrides: [{ utcWindow: night, amounts: { input: 1n } }] })
    const total = (time: string) => knownCost(nightly, usage(1, 0), at(time)).total
    expect(total('2026-11-20T16:29:59.999Z')).toBe(1_000_000n)
    expect(total('2026-11-20T16:30:00Z')).toBe(1n)
    expect(total('2026-11-21T00:29:59Z')).toBe(1n)
    expect(total('2026-11-21T00:30:00Z')).toBe(1_000_000n)
  })
})

const perToken = fc.bigInt({ min: 0n, max: 10n ** 8n })
const prices: fc.Arbitrary<Price> = fc.record(
  {
    input: perToken,
    output: perToken,
    cacheRead: fc.option(perToken),
    cacheWrite: fc.option(perToken),
    cacheWrite1h: perToken,
    reasoning: perToken,
    request: perToken,
    version: fc.constant('test'),
  },
  { requiredKeys: ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'request', 'version'] },
)
const tokens = fc.nat({ max: 2_000_000 })
const usages = fc
  .record({ plain: tokens, read: tokens, fiveMinutes: tokens, hour: tokens, answer: tokens, thought: tokens })
  .map(({ plain, read, fiveMinutes, hour, answer, thought }) =>
    usage(plain + read + fiveMinutes + hour, answer + thought, {
      cacheReadTokens: read,
      cacheWriteTokens: fiveMinutes + hour,
      cacheWrite1hTokens: hour,
      reasoningTokens: thought,
    }),
  )

describe('laws of costOf', () => {
  it('the parts add up to the total, and so do prompt and completion', () => {
    fc.assert(
      fc.property(prices, usages, (of, used) => {
        const { total, parts, prompt, completion } = knownCost(of, used)
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0n)).toBe(total)
        expect(prompt + completion).toBe(total)
        expect(total).toBeGreaterThanOrEqual(0n)
      }),
    )
  })

  it('total and discount add up to the cost without cache, which is that of the same tokens uncached', () => {
    fc.assert(
      fc.property(prices, usages, (of, used) => {
        const cost = knownCost(of, used)
        const { inputTokens, outputTokens, reasoningTokens } = used
        expect(cost.total + cost.cacheDiscount).toBe(cost.withoutCache)
        expect(cost.withoutCache).toBe(
          knownCost(of, usage(inputTokens, outputTokens, { reasoningTokens })).total,
        )
      }),
    )
  })

  it('the discount is zero without caching, above zero for cheaper reads and below for dearer writes', () => {
    const cached = prices.filter(of => (of.cacheRead ?? of.input) < of.input)
    fc.assert(
      fc.property(cached, fc.integer({ min: 1, max: 1_000_000 }), (of, count) => {
        const dear = { ...of, cacheWrite: of.input + 1n, cacheWrite1h: of.input + 2n }
        expect(knownCost(dear, usage(count, count)).cacheDiscount).toBe(0n)
        expect(knownCost(dear, usage(count, 0, { cacheReadTokens: count })).cacheDiscount).toBeGreaterThan(0n)
        const wrote = { cacheWriteTokens: count, cacheWrite1hTokens: Math.floor(count / 2) }
        expect(knownCost(dear, usage(count, 0, wrote)).cacheDiscount).toBeLessThan(0n)
      }),
    )
  })

  it('more tokens never cost less', () => {
    fc.assert(
      fc.property(prices, usages, tokens, tokens, (of, used, input, output) => {
        const more = {
          ...used,
          inputTokens: used.inputTokens + input,
          outputTokens: used.outputTokens + output,
        }
        expect(knownCost(of, more).total).toBeGreaterThanOrEqual(knownCost(of, used).total)
      }),
    )
  })

  it('answers together cost what they cost alone, but for the fee of each', () => {
    fc.assert(
      fc.property(prices, usages, usages, (of, one, two) => {
        const sum = (count: (used: Usage) => number) => count(one) + count(two)
        const both = usage(
          sum(u => u.inputTokens),
          sum(u => u.outputTokens),
          {
            cacheReadTokens: sum(u => u.cacheReadTokens),
            cacheWriteTokens: sum(u => u.cacheWriteTokens),
            cacheWrite1hTokens: sum(u => u.cacheWrite1hTokens ?? 0),
            reasoningTokens: sum(u => u.reasoningTokens),
          },
        )
        expect(knownCost(of, both).total + of.request).toBe(
          knownCost(of, one).total + knownCost(of, two).total,
        )
      }),
    )
  })
})
