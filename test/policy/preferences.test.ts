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
      requireDistillable: false,
      quantizations: [],
      maxPrice: { prompt: null, completion: null, request: null, image: null, audio: null },
      sort: null,
      partition: 'model',
      minThroughput: null,
      maxLatencyMs: null,
      sticky: true,
      ignoredFields: [],
    })
  })

  it('lowers and trims slugs, and takes null as absent', () => {
    const preferences = accepted({ order: [' DeepInfra ', 'Google-Vertex/us'], only: null })
    expect(preferences.order).toEqual(['deepinfra', 'google-vertex/us'])
    expect(preferences.only).toEqual([])
  })

  it('takes null in every field as absent', () => {
    const fields = [
      'order',
      'only',
      'ignore',
      'allow_fallbacks',
      'require_parameters',
      'data_collection',
      'zdr',
    ]
    const more = ['enforce_distillable_text', 'quantizations', 'max_price', 'sort']
    const cutoffs = ['preferred_min_throughput', 'preferred_max_latency']
    const empty = Object.fromEntries([...fields, ...more, ...cutoffs].map(name => [name, null]))
    expect(accepted(empty)).toEqual(accepted({}))
    expect(accepted({ sort: { by: null, partition: null }, max_price: { image: null } })).toEqual(
      accepted({}),
    )
  })

  it('takes prices as numbers and as strings: pico-USD per million tokens, or per unit', () => {
    const { maxPrice } = accepted({
      max_price: { prompt: 0.5, completion: '1.25', request: '0.01', image: 1e-7, audio: 0 },
    })
    expect(maxPrice).toEqual({
      prompt: 500_000_000_000n,
      completion: 1_250_000_000_000n,
      request: 10_000_000_000n,
      image: 100_000n,
      audio: 0n,
    })
  })

  it.each([
    ['price', 'price', 'model'],
    ['exacto', 'exacto', 'model'],
    [{ by: 'latency' }, 'latency', 'model'],
    [{ by: 'throughput', partition: 'none' }, 'throughput', 'none'],
    [{ partition: 'none' }, null, 'none'],
  ])('takes sort %j as %s, by %s', (sort, by, partition) => {
    expect(accepted({ sort })).toMatchObject({ sort: by, partition, ignoredFields: [] })
  })

  const none = { p50: null, p75: null, p90: null, p99: null }
  it.each([
    [50, { ...none, p50: 50 }],
    [0, { ...none, p50: 0 }],
    [
      { p90: 20, p99: null },
      { ...none, p90: 20 },
    ],
    [{}, null],
    [{ p50: null }, null],
  ])('takes %j as a throughput of %j', (value, expected) => {
    expect(accepted({ preferred_min_throughput: value }).minThroughput).toEqual(expected)
  })

  it('takes latencies in seconds', () => {
    expect(accepted({ preferred_max_latency: 1.5 }).maxLatencyMs).toEqual({ ...none, p50: 1500 })
    const cutoffs = { p50: 1, p75: 2, p90: 3, p99: 0.25 }
    expect(accepted({ preferred_max_latency: cutoffs }).maxLatencyMs).toEqual({
      p50: 1000,
      p75: 2000,
      p90: 3000,
      p99: 250,
    })
  })

  it('names fields that have no effect, wherever they stand', () => {
    const value = {
      surprise: true,
      sort: { by: 'price', next: 'latency' },
      preferred_max_latency: { p95: 1 },
    }
    expect(accepted(value).ignoredFields).toEqual(['surprise', 'sort.next', 'preferred_max_latency.p95'])
  })

  it.each([
    [[], 'provider: '],
    ['deepinfra', 'provider: '],
    [{ order: 'deepinfra' }, 'provider.order: '],
    [{ order: [1] }, 'provider.order.0: '],
    [{ only: [''] }, 'provider.only.0: '],
    [{ allow_fallbacks: 'no' }, 'provider.allow_fallbacks: '],
    [{ data_collection: 'maybe' }, 'provider.data_collection: '],
    [{ sort: 'speed' }, 'provider.sort: Invalid option'],
    [{ sort: 1 }, 'provider.sort: '],
    [{ sort: { by: 'speed' } }, 'provider.sort.by: '],
    [{ sort: { partition: 'all' } }, 'provider.sort.partition: '],
    [
      { preferred_min_throughput: 'fast' },
      'provider.preferred_min_throughput: expected a number or an object',
    ],
    [{ preferred_max_latency: -1 }, 'provider.preferred_max_latency: '],
    [{ preferred_max_latency: { p90: '1' } }, 'provider.preferred_max_latency.p90: '],
    [{ max_price: { prompt: 'cheap' } }, 'provider.max_price.prompt: '],
    [{ max_price: { prompt: -1 } }, 'provider.max_price.prompt: '],
    [{ max_price: { video: 1 } }, 'provider.max_price.video: not supported'],
    [{ max_price: { audio: '1e-13' } }, 'provider.max_price.audio: '],
    [{ enforce_distillable_text: 'yes' }, 'provider.enforce_distillable_text: '],
  ])('refuses %j and names the field', (value, start) => {
    const result = parsePreferences(value)
    expect(result.ok ? 'accepted' : result.problem).toMatch(new RegExp(`^${start.replaceAll('.', '\\.')}`))
  })
})
