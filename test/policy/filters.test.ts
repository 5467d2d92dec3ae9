import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { defaultPolicySettings, noAccessRules } from '../../src/policy/index.ts'
import { type FilterOptions, filterEndpoints } from '../../src/policy/filters.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { candidateOf, providersOf, rankingOf, requestOf } from './ranking.ts'

const good = endpointOf({ provider: 'good', more: { region: 'eu-west-1' } })

function filtered(endpoints: readonly Endpoint[], options: Partial<FilterOptions> = {}) {
  const { kept, excluded } = filterEndpoints(rankingOf(endpoints, options))
  return { kept: kept.map(({ tag }) => tag), rules: excluded.map(e => [e.endpoint.tag, e.rule]) }
}

const rules = (more: Partial<typeof noAccessRules>) => ({
  request: requestOf({}, { rules: { ...noAccessRules, ...more } }),
})
const accessIs = (state: 'key_missing') => ({
  access: ({ id }: Endpoint) => (id === 'bad/one' ? state : ('ready' as const)),
})

describe('filterEndpoints', () => {
  const trains = { dataPolicy: { trains: true, retains: false } }
  const retains = { dataPolicy: { trains: false, retains: true } }
  const price = good.price
  it.each([
    ['key_providers', rules({ only: ['good'] }), {}],
    ['key_providers', rules({ ignore: ['bad'] }), {}],
    ['key_region', rules({ regions: ['eu'] }), { more: { region: 'us-east5' } }],
    ['key_region', rules({ regions: ['eu'] }), { more: { region: null } }],
    ['only', { request: requestOf({ only: ['good'] }) }, {}],
    ['ignore', { request: requestOf({ ignore: ['Bad Cloud'] }) }, {}],
    ['data_collection', { request: requestOf({ data_collection: 'deny' }) }, { more: trains }],
    ['data_collection', rules({ denyDataCollection: true }), { more: trains }],
    ['zdr', { request: requestOf({ zdr: true }) }, { more: retains }],
    ['zdr', rules({ denyRetention: true }), { more: retains }],
    [
      'distillable',
      { request: requestOf({ enforce_distillable_text: true }) },
      { more: { distillable: false } },
    ],
    ['quantizations', { request: requestOf({ quantizations: ['FP8'] }) }, { more: { quantization: 'int4' } }],
    ['max_price', { request: requestOf({ max_price: { prompt: 1 } }) }, { input: 1.000001 }],
    ['max_price', { request: requestOf({ max_price: { completion: '2' } }) }, { output: 3 }],
    [
      'max_price',
      { request: requestOf({ max_price: { request: 0.01 } }) },
      { more: { price: { ...price, request: 10_000_000_001n } } },
    ],
    [
      'max_price',
      { request: requestOf({ max_price: { image: 0 } }) },
      { more: { price: { ...price, image: 1n } } },
    ],
    [
      'max_price',
      { request: requestOf({ max_price: { audio: 0 } }) },
      { more: { price: { ...price, audio: 1n } } },
    ],
    [
      'max_price',
      { request: requestOf({ max_price: { prompt: 1 } }, { estimatedInputTokens: 11 }) },
      { more: { price: { ...price, overrides: [{ minPromptTokens: 10, amounts: { input: 2_000_000n } }] } } },
    ],
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
    ['tier', {}, { more: { tag: 'bad', tier: 'flex' } }],
    ['key_missing', accessIs('key_missing'), {}],
    ['order_closed', { request: requestOf({ order: ['good'], allow_fallbacks: false }) }, {}],
  ] as const)('excludes by %s', (rule, options, spec) => {
    const bad = endpointOf({ provider: 'bad', ...spec })
    expect(filtered([good, bad], options)).toEqual({ kept: ['good'], rules: [['bad', rule]] })
  })

  it('excludes by kind of input', () => {
    const sees = endpointOf({ provider: 'sees', more: { inputModalities: ['text', 'image'] } })
    const request = requestOf({}, { modalities: ['image'] })
    expect(filtered([sees, good], { request })).toEqual({ kept: ['sees'], rules: [['good', 'modality']] })
  })

  it.each([
    [null, true],
    [['acme/*'], true],
    [['other/*', 'acme/one'], true],
    [['other/*'], false],
    [[], false],
  ])('lets a key with models %j use acme/one: %s', (models, isKept) => {
    const { kept, rules: found } = filtered([good], rules({ models }))
    expect([kept, found]).toEqual(isKept ? [['good'], []] : [[], [['good', 'key_models']]])
  })

  it.each([
    ['eu', 'eu-west-1', true],
    ['eu', 'europe-west4', true],
    ['eu', 'EU', true],
    ['EU', 'eu-west-1', true],
    ['us', 'us-east5', true],
    ['us', 'australia', false],
    ['us-east5', 'us-east4', false],
  ])('takes region %s for %s: %s', (allowed, region, isKept) => {
    const endpoint = endpointOf({ provider: 'p', more: { region } })
    expect(filtered([endpoint], rules({ regions: [allowed] })).kept).toEqual(isKept ? ['p'] : [])
  })

  it('names the first rule that refused an endpoint', () => {
    const bad = endpointOf({ provider: 'bad', more: { maxOutputTokens: 1 } })
    const request = requestOf({ ignore: ['bad'], zdr: true }, { maxOutputTokens: 9 })
    expect(filtered([bad], { request }).rules).toEqual([['bad', 'ignore']])
  })

  it('counts the output in the context', () => {
    const small = endpointOf({ provider: 'small', more: { contextTokens: 110 } })
    const fits = requestOf({}, { estimatedInputTokens: 100, maxOutputTokens: 10 })
    const spills = requestOf({}, { estimatedInputTokens: 100, maxOutputTokens: 11 })
    expect(filtered([small], { request: fits }).rules).toEqual([])
    expect(filtered([small], { request: spills }).rules).toEqual([['small', 'context_length']])
  })

  it.each([
    [5, 111, 'max_tokens'],
    [5, 110, 'max_tokens'],
    [5, 109, 'context_length'],
    [111, 111, 'context_length'],
    [111, 0, 'context_length'],
  ])('blames what is too long of %i in and %i out at 110 in all: %s', (input, output, rule) => {
    const small = endpointOf({ provider: 'small', more: { contextTokens: 110, maxOutputTokens: 110 } })
    const request = requestOf({}, { estimatedInputTokens: input, maxOutputTokens: output })
    expect(filtered([small], { request }).rules).toEqual([['small', rule]])
  })

  it('lets an endpoint pass that charges exactly the highest price', () => {
    const request = requestOf({ max_price: { prompt: '1', completion: 0, request: 0, image: 0, audio: 0 } })
    expect(filtered([good], { request }).kept).toEqual(['good'])
  })

  it('leaves prices of certain hours out of max_price', () => {
    const overrides = [{ utcDays: ['sunday'], amounts: { input: 9_000_000n } }] as const
    const busy = endpointOf({ provider: 'busy', more: { price: { ...price, overrides } } })
    expect(filtered([busy], { request: requestOf({ max_price: { prompt: 1 } }) }).kept).toEqual(['busy'])
  })

  it.each(['tools', 'response_format', 'verbosity'])(
    'keeps a model of which no endpoint supports %s',
    parameter => {
      const plain = endpointOf({ provider: 'plain', parameters: [] })
      expect(filtered([plain], { request: requestOf({}, { parameters: [parameter] }) }).kept).toEqual([
        'plain',
      ])
    },
  )

  it('excludes endpoints without tools even so when the tools filter is hard', () => {
    const plain = endpointOf({ provider: 'plain', parameters: [] })
    const settings = { ...defaultPolicySettings, toolsFilter: 'hard' } as const
    const request = requestOf({}, { parameters: ['tools', 'verbosity'] })
    expect(filtered([plain], { request, settings }).rules).toEqual([['plain', 'tools']])
  })

  it('narrows the providers of a key by those of the request', () => {
    const other = endpointOf({ provider: 'other' })
    const request = requestOf(
      { only: ['good', 'bad'] },
      { rules: { ...noAccessRules, only: ['good', 'other'] } },
    )
    const bad = endpointOf({ provider: 'bad' })
    expect(filtered([good, bad, other], { request })).toEqual({
      kept: ['good'],
      rules: [
        ['bad', 'key_providers'],
        ['other', 'only'],
      ],
    })
  })

  it('applies ignore to what only leaves', () => {
    const request = requestOf({ only: ['good'], ignore: ['good'] })
    expect(filtered([good], { request })).toEqual({ kept: [], rules: [['good', 'ignore']] })
  })

  it('keeps the order of the catalogue', () => {
    const { kept } = filterEndpoints(rankingOf([endpointOf({ provider: 'z', input: 9 }), good]))
    expect(providersOf(kept.map(endpoint => ({ endpoint })))).toEqual(['z', 'good'])
  })
})

describe('filterEndpoints, slugs', () => {
  const tagged = (tag: string, more: Partial<Endpoint> = {}) => {
    const [provider = ''] = tag.split('/')
    return endpointOf({ provider, more: { id: `${tag}/one`, tag, ...more } })
  }
  const pool = [
    tagged('vertex'),
    tagged('vertex/us-east5'),
    tagged('infra/turbo'),
    tagged('open'),
    tagged('open/flex', { tier: 'flex' }),
    tagged('open/priority', { tier: 'priority' }),
  ]

  it.each([
    ['vertex', ['vertex', 'vertex/us-east5']],
    ['vertex/us-east5', ['vertex/us-east5']],
    ['VERTEX/US-EAST5', ['vertex/us-east5']],
    ['Vertex Cloud', ['vertex', 'vertex/us-east5']],
    ['vert', []],
    ['vertex/', []],
    ['infra', ['infra/turbo']],
    ['infra/turbo', ['infra/turbo']],
    ['infra/turbo/one', ['infra/turbo']],
    ['open', ['open']],
    ['open cloud', ['open']],
    ['open/flex', ['open/flex']],
    ['open/priority', ['open/priority']],
    ['open/fast', ['open/priority']],
    ['open/fast/one', []],
  ])('takes %s in only for %j', (slug, tags) => {
    expect(filtered(pool, { request: requestOf({ only: [slug] }) }).kept).toEqual(tags)
  })

  it('closes the list of order to what it names, and not to more', () => {
    const named = requestOf({ order: ['vertex', 'open/fast'], allow_fallbacks: false })
    expect(filtered(pool, { request: named }).kept).toEqual(['vertex', 'vertex/us-east5', 'open/priority'])
    const open = requestOf({ order: ['open/flex'] })
    expect(filtered(pool, { request: open }).kept).toEqual([
      'vertex',
      'vertex/us-east5',
      'infra/turbo',
      'open',
      'open/flex',
    ])
  })

  it('ignores all tiers of a provider for a key, but only the default one for a request', () => {
    const request = requestOf({ ignore: ['open'], only: ['open', 'open/flex', 'infra'] })
    expect(filtered(pool, { request }).kept).toEqual(['infra/turbo', 'open/flex'])
    const strict = { ...request, rules: { ...noAccessRules, ignore: ['open'] } }
    expect(filtered(pool, { request: strict }).kept).toEqual(['infra/turbo'])
  })
})

describe('filterEndpoints, service tiers', () => {
  const tiers = [
    endpointOf({ provider: 'open' }),
    endpointOf({ provider: 'open', more: { tag: 'open/flex', tier: 'flex' } }),
    endpointOf({ provider: 'open', more: { tag: 'open/fast', tier: 'priority' } }),
  ]
  const [standard, flex, fast] = ['open', 'open/flex', 'open/fast']
  it.each([
    ['nothing', null, {}, null, [standard]],
    ['flex', 'flex', {}, null, [flex]],
    ['flex and a base slug', 'flex', { only: ['open'] }, null, [flex]],
    ['flex without the provider', 'flex', { ignore: ['open'] }, null, []],
    ['priority', 'priority', {}, null, [standard, fast]],
    ['default', 'default', {}, null, [standard]],
    [':floor', null, {}, 'floor', [standard, flex]],
    [':nitro', null, {}, 'nitro', [standard, fast]],
    [':exacto', null, {}, 'exacto', [standard]],
    [':floor and default', 'default', {}, 'floor', [standard]],
    [':nitro and an order', null, { order: ['open'] }, 'nitro', [standard]],
    ['sort by price', null, { sort: 'price' }, null, [standard]],
    ['flex within a closed order', 'flex', { order: ['open'], allow_fallbacks: false }, null, [flex]],
    ['a slug', null, { only: ['open/priority'] }, null, [fast]],
  ] as const)('asked for by %s', (_name, tier, provider, variant, tags) => {
    const model = candidateOf('acme/one', { variant })
    expect(filtered(tiers, { request: requestOf(provider, { tier }), model }).kept).toEqual(tags)
  })

  it('serves flex by the default tier where no flex is offered', () => {
    const request = requestOf({}, { tier: 'flex' })
    expect(filtered([tiers[0] ?? good, tiers[2] ?? good], { request }).kept).toEqual([standard])
  })

  it('says that the default tier gave way to flex', () => {
    const { excluded } = filterEndpoints(rankingOf(tiers, { request: requestOf({}, { tier: 'flex' }) }))
    expect(excluded.map(e => [e.endpoint.tag, e.rule, e.detail])).toEqual([
      ['open/fast', 'tier', 'a service tier that was not asked for'],
      ['open', 'tier', 'flex was asked for and is offered'],
    ])
  })
})
