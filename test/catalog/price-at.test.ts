import { describe, expect, it } from 'vitest'
import { type Price, priceAt, type PriceOverride } from '../../src/catalog/index.ts'

const friday = '2026-11-20T12:00:00Z'

function priced(...overrides: readonly PriceOverride[]): Price {
  return { input: 1n, output: 2n, cacheRead: null, cacheWrite: null, request: 0n, version: 'v', overrides }
}

function inputAt(price: Price, promptTokens: number, time: string = friday): bigint {
  return priceAt(price, { promptTokens, epochUs: Date.parse(time) * 1000 }).input
}

describe('priceAt', () => {
  it('gives the amounts of the price where nothing else holds', () => {
    expect(priceAt(priced(), { promptTokens: 1, epochUs: 0 })).toEqual({
      input: 1n,
      output: 2n,
      cacheRead: null,
      cacheWrite: null,
      request: 0n,
    })
  })

  it.each([
    [199_999, 1n],
    [200_000, 1n],
    [200_001, 9n],
  ])('asks for strictly more tokens than the threshold: %s', (promptTokens, input) => {
    expect(inputAt(priced({ minPromptTokens: 200_000, amounts: { input: 9n } }), promptTokens)).toBe(input)
  })

  it.each([
    [
      'over midnight',
      22,
      2,
      ['21:59', '22:00', '23:59', '00:00', '01:59', '02:00'],
      [1n, 9n, 9n, 9n, 9n, 1n],
    ],
    ['within a day', 2, 22, ['01:59', '02:00', '21:59', '22:00'], [1n, 9n, 9n, 1n]],
    ['until midnight', 22, 0, ['21:59', '22:00', '23:59', '00:00'], [1n, 9n, 9n, 1n]],
  ])('takes a window %s, its end excluded', (...[, start, end, times, inputs]) => {
    const window = { startMinute: start * 60, endMinute: end * 60 }
    const price = priced({ utcWindow: window, amounts: { input: 9n } })
    expect(times.map(time => inputAt(price, 1, `2026-11-20T${time}:00Z`))).toEqual(inputs)
  })

  it('goes by the UTC day of the instant, also after midnight', () => {
    const price = priced({
      utcDays: ['friday'],
      utcWindow: { startMinute: 22 * 60, endMinute: 2 * 60 },
      amounts: { input: 9n },
    })
    const at = (time: string) => inputAt(price, 1, time)
    expect(at('2026-11-20T23:00:00Z')).toBe(9n)
    expect(at('2026-11-21T01:00:00Z')).toBe(1n)
    expect(at('2026-11-20T01:00:00Z')).toBe(9n)
  })

  it('wants all conditions of an entry to hold', () => {
    const both = priced({ minPromptTokens: 10, utcDays: ['friday'], amounts: { input: 9n } })
    expect([inputAt(both, 11), inputAt(both, 10), inputAt(both, 11, '2026-11-21T12:00:00Z')]).toEqual([
      9n,
      1n,
      1n,
    ])
  })

  it('lets the later entry win for each amount, and keeps what none names', () => {
    const price = priced(
      { minPromptTokens: 10, amounts: { input: 5n, output: 6n, cacheRead: 3n } },
      { minPromptTokens: 20, amounts: { input: 7n } },
      { minPromptTokens: 30, amounts: { output: 8n } },
    )
    const amounts = (promptTokens: number) => {
      const { input, output, cacheRead, cacheWrite } = priceAt(price, { promptTokens, epochUs: 0 })
      return [input, output, cacheRead, cacheWrite]
    }
    expect(amounts(10)).toEqual([1n, 2n, null, null])
    expect(amounts(11)).toEqual([5n, 6n, 3n, null])
    expect(amounts(21)).toEqual([7n, 6n, 3n, null])
    expect(amounts(31)).toEqual([7n, 8n, 3n, null])
  })

  it('does not care for the order of thresholds, only for that of entries', () => {
    const price = priced(
      { minPromptTokens: 20, amounts: { input: 7n } },
      { minPromptTokens: 10, amounts: { input: 5n } },
    )
    expect(inputAt(price, 21)).toBe(5n)
  })
})
