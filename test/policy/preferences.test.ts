import { describe, expect, it } from 'vitest'
import { parsePreferences } from '../../src/policy/index.ts'

function accepted(value: unknown) {
  const result = parsePreferences(value)
  if (!result.ok) throw new Error(result.problem)
  return result.preferences
}

describe('parsePreferences', () => {
  it.each([undefined, null, {}])('takes %j as no preference', value => {
    expect(accepted(value)).toEqual({
      order: [],
      only: [],
      ignore: [],
      allowFallbacks: true,
      requireParameters: false,
      denyDataCollection: false,
      denyRetention: false,
      quantizations: [],
      maxPrice: { prompt: null, completion: null },
      sort: null,
      ignoredFields: [],
    })
  })

  it('lowers and trims slugs, and takes null as absent', () => {
    const preferences = accepted({ order: [' DeepInfra ', 'Google-Vertex/us'], only: null })
    expect(preferences.order).toEqual(['deepinfra', 'google-vertex/us'])
    expect(preferences.only).toEqual([])
  })

  it('takes prices as numbers and as strings, in pico-USD per million tokens', () => {
    const { maxPrice } = accepted({ max_price: { prompt: 0.5, completion: '1.25' } })
    expect(maxPrice).toEqual({ prompt: 500_000_000_000n, completion: 1_250_000_000_000n })
  })

  it.each([
    ['price', 'price'],
    [{ by: 'latency' }, 'latency'],
    [{ by: 'throughput', partition: 'model' }, 'throughput'],
  ])('takes sort %j as %s', (sort, expected) => {
    expect(accepted({ sort }).sort).toBe(expected)
    expect(accepted({ sort }).ignoredFields).toEqual([])
  })

  it('names wishes that have no effect', () => {
    const value = { preferred_max_latency: 1, surprise: true, sort: { by: 'price', partition: 'none' } }
    expect(accepted(value).ignoredFields).toEqual(['preferred_max_latency', 'surprise', 'sort.partition'])
  })

  it.each([
    [[], 'provider: '],
    ['deepinfra', 'provider: '],
    [{ order: 'deepinfra' }, 'provider.order: '],
    [{ order: [1] }, 'provider.order.0: '],
    [{ only: [''] }, 'provider.only.0: '],
    [{ allow_fallbacks: 'no' }, 'provider.allow_fallbacks: '],
    [{ data_collection: 'maybe' }, 'provider.data_collection: '],
    [{ sort: 'exacto' }, 'provider.sort: '],
    [{ max_price: { prompt: 'cheap' } }, 'provider.max_price.prompt: '],
    [{ max_price: { prompt: -1 } }, 'provider.max_price.prompt: '],
    [{ max_price: { image: 1 } }, 'provider.max_price.image: not supported'],
    [{ enforce_distillable_text: true }, 'provider.enforce_distillable_text: not supported'],
  ])('refuses %j and names the field', (value, start) => {
    const result = parsePreferences(value)
    expect(result.ok ? 'accepted' : result.problem).toMatch(new RegExp(`^${start.replaceAll('.', '\\.')}`))
  })
})
