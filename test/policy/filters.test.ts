import { describe, expect, it } from 'vitest'
import { defaultPolicySettings, type RankOptions, rankEndpoints } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { providersOf, rankingOf, requestOf } from './ranking.ts'

const good = endpointOf({ provider: 'good' })

function excludedBy(endpoint: ReturnType<typeof endpointOf>, options: Partial<RankOptions>) {
  const { ranked, excluded } = rankEndpoints(rankingOf([good, endpoint], options))
  return { kept: providersOf(ranked), rules: excluded.map(e => [e.endpoint.provider.id, e.rule]) }
}

describe('hard filters', () => {
  const trains = { dataPolicy: { trains: true, retains: true } }
  it.each([
    ['only', { request: requestOf({ only: ['good'] }) }, {}],
    ['ignore', { request: requestOf({ ignore: ['Bad Cloud'] }) }, {}],
    ['data_collection', { request: requestOf({ data_collection: 'deny' }) }, { more: trains }],
    ['zdr', { request: requestOf({ zdr: true }) }, { more: trains }],
    ['quantizations', { request: requestOf({ quantizations: ['FP8'] }) }, { more: { quantization: 'int4' } }],
    ['max_price', { request: requestOf({ max_price: { prompt: 1 } }) }, { input: 1.000001 }],
    ['max_price', { request: requestOf({ max_price: { completion: '2' } }) }, { output: 3 }],
    [
      'require_parameters',
      { request: requestOf({ require_parameters: true }, { parameters: ['seed'] }) },
      { parameters: ['temperature'] },
    ],
    ['tools', { request: requestOf({}, { parameters: ['tools'] }) }, { parameters: [] }],
    ['response_format', { request: requestOf({}, { parameters: ['response_format'] }) }, { parameters: [] }],
    [
      'context_length',
      { request: requestOf({}, { estimatedInputTokens: 9 }) },
      { more: { contextTokens: 8 } },
    ],
    ['max_tokens', { request: requestOf({}, { maxOutputTokens: 9 }) }, { more: { maxOutputTokens: 8 } }],
    ['key_missing', { access: (e: { id: string }) => (e.id === 'bad/one' ? 'key_missing' : 'ready') }, {}],
    [
      'wire_unsupported',
      { access: (e: { id: string }) => (e.id === 'bad/one' ? 'wire_unsupported' : 'ready') },
      {},
    ],
    ['order_closed', { request: requestOf({ order: ['good'], allow_fallbacks: false }) }, {}],
  ] as const)('exclude by %s', (rule, options, spec) => {
    const bad = endpointOf({ provider: 'bad', ...spec })
    expect(excludedBy(bad, options)).toEqual({ kept: ['good'], rules: [['bad', rule]] })
  })

  it('name the first rule that refused an endpoint', () => {
    const bad = endpointOf({ provider: 'bad', more: { maxOutputTokens: 1 } })
    const request = requestOf({ ignore: ['bad'], zdr: true }, { maxOutputTokens: 9 })
    expect(excludedBy(bad, { request }).rules).toEqual([['bad', 'ignore']])
  })

  it('count the output in the context', () => {
    const small = endpointOf({ provider: 'small', more: { contextTokens: 110 } })
    const fits = requestOf({}, { estimatedInputTokens: 100, maxOutputTokens: 10 })
    const spills = requestOf({}, { estimatedInputTokens: 100, maxOutputTokens: 11 })
    expect(excludedBy(small, { request: fits }).rules).toEqual([])
    expect(excludedBy(small, { request: spills }).rules).toEqual([['small', 'context_length']])
  })

  it('keep a model without any tool support, unless the tools filter is hard', () => {
    const plain = endpointOf({ provider: 'plain', parameters: [] })
    const request = requestOf({}, { parameters: ['tools'] })
    const soft = rankEndpoints(rankingOf([plain], { request }))
    expect(providersOf(soft.ranked)).toEqual(['plain'])
    const settings = { ...defaultPolicySettings, toolsFilter: 'hard' } as const
    const hard = rankEndpoints(rankingOf([plain], { request, settings }))
    expect(hard.excluded.map(e => e.rule)).toEqual(['tools'])
  })

  it('intersect only with ignore', () => {
    const request = requestOf({ only: ['good'], ignore: ['good'] })
    const { ranked, excluded } = rankEndpoints(rankingOf([good], { request }))
    expect(ranked).toEqual([])
    expect(excluded.map(e => e.rule)).toEqual(['ignore'])
  })
})
