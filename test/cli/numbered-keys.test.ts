import { describe, expect, it } from 'vitest'
import { numberedKeys } from '../../src/cli/numbered-keys.ts'
import { upstreamResolver } from '../../src/cli/upstream-keys.ts'
import { endpointOf } from '../support/endpoint-of.ts'

describe('numberedKeys', () => {
  it.each<[string, NodeJS.ProcessEnv, readonly string[]]>([
    ['none', {}, []],
    ['an empty one', { KEY: '' }, []],
    ['one', { KEY: 'a' }, ['KEY a']],
    [
      'several, in the order of their numbers',
      { KEY_10: 'c', KEY_2: 'b', KEY: 'a' },
      ['KEY a', 'KEY_2 b', 'KEY_10 c'],
    ],
    ['numbered ones alone, with gaps', { KEY_3: 'c' }, ['KEY_3 c']],
    ['the same one twice', { KEY: 'a', KEY_2: 'a', KEY_3: 'b' }, ['KEY a', 'KEY_3 b']],
    ['names that only look alike', { KEY_1: 'x', KEY_02: 'x', KEY_A: 'x', KEY2: 'x', MY_KEY: 'x' }, []],
  ])('finds %s', (_name, env, expected) => {
    expect(numberedKeys(env, 'KEY').map(({ alias, value }) => `${alias} ${value}`)).toEqual(expected)
  })
})

describe('upstreamResolver', () => {
  const endpoint = endpointOf({ provider: 'acme' })

  it('gives all keys of a provider', () => {
    const upstream = upstreamResolver({ ACME_KEY: 'a', ACME_KEY_2: 'b' }, null)(endpoint)
    expect(upstream).toEqual({
      baseUrl: 'http://127.0.0.1:9/acme',
      keys: [
        { alias: 'ACME_KEY', value: 'a' },
        { alias: 'ACME_KEY_2', value: 'b' },
      ],
    })
  })

  it('gives no key where none is set', () => {
    expect(upstreamResolver({}, null)(endpoint).keys).toEqual([])
  })

  it('sends no real key to simulated providers', () => {
    const { keys } = upstreamResolver({ ACME_KEY: 'real' }, 'http://127.0.0.1:1')(endpoint)
    expect(keys).toEqual([{ alias: 'simulated:acme', value: 'simulated' }])
  })
})
