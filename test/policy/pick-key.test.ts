import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeyAtEndpoint, pickKey } from '../../src/policy/index.ts'

const key = (alias: string, more: Partial<KeyAtEndpoint> = {}): KeyAtEndpoint => ({
  alias,
  restsUntilNs: 0,
  wasRefused: false,
  ...more,
})

describe('pickKey', () => {
  it.each([
    ['none of none', [], undefined],
    ['the only one, whatever became of it', [key('A', { restsUntilNs: 5, wasRefused: true })], 'A'],
    ['one at work before one at rest', [key('A', { restsUntilNs: 5 }), key('B')], 'B'],
    ['the one that rests no longer', [key('A', { restsUntilNs: 9 }), key('B', { restsUntilNs: 5 })], 'B'],
    [
      'one that rests before one refused',
      [key('A', { wasRefused: true }), key('B', { restsUntilNs: 5 })],
      'B',
    ],
    [
      'the better of two refused',
      [key('A', { wasRefused: true, restsUntilNs: 1 }), key('B', { wasRefused: true })],
      'B',
    ],
  ])('picks %s', (_name, keys, alias) => {
    expect(pickKey(keys, 'conversation')?.alias).toBe(alias)
  })

  it('keeps a conversation at its key, in whatever order the keys are listed', () => {
    const keys = ['A', 'B', 'C'].map(alias => key(alias))
    fc.assert(
      fc.property(fc.string(), fc.shuffledSubarray(keys, { minLength: 3 }), (conversation, shuffled) => {
        expect(pickKey(shuffled, conversation)).toEqual(pickKey(keys, conversation))
      }),
    )
  })

  it('moves only the conversations of a key that goes to rest', () => {
    const keys = ['A', 'B', 'C'].map(alias => key(alias))
    const tired = keys.map(k => (k.alias === 'A' ? { ...k, restsUntilNs: 1 } : k))
    for (let n = 0; n < 200; n++) {
      const before = pickKey(keys, `c${n}`)
      if (before?.alias !== 'A') expect(pickKey(tired, `c${n}`)).toEqual(before)
    }
  })

  it('spreads conversations over all keys evenly', () => {
    const keys = ['A', 'B', 'C', 'D'].map(alias => key(alias))
    const counts = new Map<string, number>()
    for (let n = 0; n < 4_000; n++) {
      const alias = pickKey(keys, `conversation ${n}`)?.alias ?? ''
      counts.set(alias, (counts.get(alias) ?? 0) + 1)
    }
    // Six standard deviations of a binomial count.
    for (const alias of ['A', 'B', 'C', 'D'])
      expect(Math.abs((counts.get(alias) ?? 0) - 1_000)).toBeLessThan(165)
  })
})
