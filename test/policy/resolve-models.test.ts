import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { createRng } from '../../src/core/index.ts'
import {
  noAccessRules,
  noRoutingTables,
  type ResolveOptions,
  resolveModels,
  type RoutingTables,
} from '../../src/policy/index.ts'
import { catalogOf, endpointOf } from '../support/endpoint-of.ts'

const sees = { more: { inputModalities: ['text', 'image'] } }
const catalog = catalogOf([
  endpointOf({ provider: 'p', model: 'acme/large-1.5', input: 9, ...sees }),
  endpointOf({ provider: 'p', model: 'acme/large-2', input: 10, ...sees }),
  endpointOf({ provider: 'p', model: 'acme/small-1', input: 1, parameters: [] }),
  endpointOf({ provider: 'p', model: 'acme/small-1:free', input: 0 }),
  endpointOf({ provider: 'p', model: 'acme/eye:free', input: 0, parameters: [], ...sees }),
  endpointOf({ provider: 'p', model: 'zeta/z', input: 5 }),
  endpointOf({ provider: 'q', model: 'zeta/z', input: 0.5 }),
])

function resolve(
  names: readonly string[],
  more: Partial<ResolveOptions> = {},
  tables: Partial<RoutingTables> = {},
) {
  const result = resolveModels(names, {
    catalog,
    tables: { ...noRoutingTables, ...tables },
    needs: { parameters: [], modalities: [] },
    rng: createRng('pools'),
    ...more,
  })
  if (!result.ok) return result.problem
  return result.models.map(m => [m.modelId, m.requested, m.via, m.variant].join(' '))
}

describe('resolveModels', () => {
  const aliases = new Map([
    ['house', 'acme/large-2'],
    ['cheap', 'acme/large-2:floor'],
    ['deep', 'house'],
    ['loop', 'pool'],
    ['pool', 'loop'],
    ['any', 'openrouter/auto'],
    ['~acme/large-latest', 'acme/large-1.5'],
  ])
  it.each([
    ['acme/large-2', 'acme/large-2 acme/large-2 direct '],
    ['acme/small-1:free', 'acme/small-1:free acme/small-1:free direct '],
    ['acme/large-2:nitro', 'acme/large-2 acme/large-2:nitro variant nitro'],
    ['acme/large-2:floor', 'acme/large-2 acme/large-2:floor variant floor'],
    ['acme/large-2:exacto', 'acme/large-2 acme/large-2:exacto variant exacto'],
    ['acme/small-1:free:nitro', 'acme/small-1:free acme/small-1:free:nitro variant nitro'],
    ['acme/large-2:floor:nitro', 'acme/large-2 acme/large-2:floor:nitro variant nitro'],
    ['~acme/small-latest', 'acme/small-1 ~acme/small-latest alias '],
    ['~acme/small-latest:nitro', 'acme/small-1 ~acme/small-latest:nitro alias nitro'],
  ])('takes %s for %s', (name, expected) => {
    expect(resolve([name])).toEqual([expected])
  })

  it.each([
    ['house', 'acme/large-2 house alias '],
    ['deep', 'acme/large-2 deep alias '],
    ['cheap', 'acme/large-2 cheap alias floor'],
    ['cheap:nitro', 'acme/large-2 cheap:nitro alias nitro'],
    ['~acme/large-latest', 'acme/large-1.5 ~acme/large-latest alias '],
  ])('takes the alias %s for %s', (name, expected) => {
    expect(resolve([name], {}, { aliases })).toEqual([expected])
  })

  it('finds the newest of a family by version where no day is known', () => {
    expect(resolve(['~acme/large-latest'])).toEqual(['acme/large-2 ~acme/large-latest alias '])
  })

  it('finds the newest of a family by the day it came out', () => {
    const days = new Map([
      ['acme/large-1.5', '2026-02-01'],
      ['acme/large-2', '2026-01-01'],
    ])
    const dated = [...catalog.models.values()].map(
      m => [m.id, Object.assign({ ...m }, { created: days.get(m.id) ?? null })] as const,
    )
    const options = { catalog: { ...catalog, models: new Map(dated) } }
    expect(resolve(['~acme/large-latest'], options)).toEqual(['acme/large-1.5 ~acme/large-latest alias '])
  })

  it('names each model once, as it was named first', () => {
    expect(resolve(['acme/large-2:nitro', 'acme/large-2', 'zeta/z'])).toEqual([
      'acme/large-2 acme/large-2:nitro variant nitro',
      'zeta/z zeta/z direct ',
    ])
  })

  it.each([
    [['acme/larg-2'], { kind: 'unknown', name: 'acme/larg-2', closest: ['acme/large-2'] }],
    [['acme/large-2', 'nope'], { kind: 'unknown', name: 'nope', closest: [] }],
    [['acme/large-2:batch'], { kind: 'unknown', name: 'acme/large-2:batch' }],
    [['nope:nitro'], { kind: 'unknown', name: 'nope:nitro' }],
    [['~acme/none-latest'], { kind: 'unknown', name: '~acme/none-latest' }],
    [['loop'], { kind: 'unknown' }],
    [['acme/large-2:free'], { kind: 'free_ended', name: 'acme/large-2:free', paid: 'acme/large-2' }],
    [['acme/large-2:online'], { kind: 'unsupported', name: 'acme/large-2:online', variant: 'online' }],
    [['acme/large-2', 'zeta/z:online'], { kind: 'unsupported' }],
  ])('refuses %j', (names, problem) => {
    expect(resolve(names, {}, { aliases })).toMatchObject(problem)
  })

  it('goes on with the rest of a chain when a free variant has ended, and says so', () => {
    const options = {
      catalog,
      tables: noRoutingTables,
      needs: { parameters: [], modalities: [] },
      rng: createRng(''),
    }
    const result = resolveModels(['acme/large-2:free', 'zeta/z'], options)
    expect(result).toMatchObject({
      ok: true,
      models: [{ modelId: 'zeta/z' }],
      skipped: [{ kind: 'free_ended' }],
    })
  })
})

describe('resolveModels, pools', () => {
  const tools = { needs: { parameters: ['tools', 'temperature'], modalities: [] } }
  const images = { needs: { parameters: [], modalities: ['image'] } }
  const firstOf = (result: ReturnType<typeof resolve>) => (Array.isArray(result) ? (result[0] ?? '') : '')
  const ids = (result: ReturnType<typeof resolve>) =>
    Array.isArray(result) ? result.map(line => line.split(' ')[0]) : result

  it.each([
    ['all', {}, ['zeta/z', 'acme/small-1', 'acme/large-1.5']],
    ['tools', tools, ['zeta/z', 'acme/large-1.5', 'acme/large-2']],
    ['images', images, ['acme/large-1.5', 'acme/large-2']],
    [
      'a long prompt',
      { needs: { parameters: [], modalities: [], contextTokens: 100_001 } },
      { kind: 'pool_empty', name: 'openrouter/auto', rule: 'context_length' },
    ],
    ['a key', { rules: { ...noAccessRules, models: ['acme/large-*'] } }, ['acme/large-1.5', 'acme/large-2']],
    [
      'a strange key',
      { rules: { ...noAccessRules, models: ['x/*'] } },
      { kind: 'pool_empty', rule: 'key_models' },
    ],
    ['reach', { canServe: (e: Endpoint) => e.provider.id === 'q' }, ['zeta/z']],
    ['no reach', { canServe: () => false }, { kind: 'pool_empty', rule: 'key_missing' }],
    [
      'wishes',
      { wishes: { allowedModels: ['acme/*'], excludedModels: ['*small*'], costTier: null } },
      ['acme/large-1.5', 'acme/large-2'],
    ],
    ['low cost', { wishes: { allowedModels: [], excludedModels: [], costTier: 'low' } }, ['zeta/z']],
    [
      'high cost',
      { wishes: { allowedModels: [], excludedModels: [], costTier: 'max' } },
      { kind: 'pool_empty', rule: null },
    ],
    [
      'xhigh cost',
      { wishes: { allowedModels: [], excludedModels: [], costTier: 'xhigh' } },
      ['acme/large-2'],
    ],
  ] as const)('openrouter/auto with %s picks the cheapest', (_name, more, expected) => {
    const picked = ids(resolve(['openrouter/auto'], more))
    if (Array.isArray(picked)) expect(picked).toEqual(expected)
    else expect(picked).toMatchObject(expected)
  })

  it('openrouter/free draws evenly among the free models that fit', () => {
    const firsts = Array.from({ length: 400 }, (_, i) =>
      firstOf(resolve(['openrouter/free'], { rng: createRng(`${i}`) })),
    )
    const share = firsts.filter(id => id.startsWith('acme/eye:free')).length / firsts.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
    expect(ids(resolve(['openrouter/free'], images))).toEqual(['acme/eye:free'])
    expect(ids(resolve(['openrouter/free'], tools))).toEqual(['acme/small-1:free'])
    const both = { needs: { parameters: ['response_format'], modalities: ['image'] } }
    expect(resolve(['openrouter/free'], both)).toMatchObject({
      kind: 'pool_empty',
      rule: 'require_parameters',
    })
  })

  it('gives the same draw for the same random source', () => {
    const rng = () => createRng('same')
    expect(resolve(['openrouter/free'], { rng: rng() })).toEqual(resolve(['openrouter/free'], { rng: rng() }))
  })

  it.each([
    ['order', ['zeta/z', 'acme/large-1.5']],
    ['price', ['zeta/z', 'acme/small-1']],
  ] as const)('picks those of a declared pool by %s', (pick, expected) => {
    const pool = { id: 'ours', models: ['zeta/*', 'acme/*'], exclude: ['*:free'], pick, size: 2 }
    expect(ids(resolve(['ours'], {}, { pools: [pool] }))).toEqual(expected)
    expect(resolve(['ours:nitro'], {}, { pools: [{ ...pool, size: 1 }] })).toEqual([
      'zeta/z ours:nitro pool nitro',
    ])
  })

  it('lets a declared pool replace a built-in one', () => {
    const pool = { id: 'openrouter/auto', models: ['zeta/z'], exclude: [], pick: 'order', size: 5 } as const
    expect(ids(resolve(['openrouter/auto'], {}, { pools: [pool] }))).toEqual(['zeta/z'])
  })

  it('reaches a pool through an alias', () => {
    const aliases = new Map([['any', 'openrouter/auto']])
    expect(resolve(['any'], {}, { aliases })).toContain('zeta/z any pool ')
  })
})
