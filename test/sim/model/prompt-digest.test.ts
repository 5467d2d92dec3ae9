import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PromptCache } from '../../../src/catalog/index.ts'
import { digestPrompt } from '../../../src/sim/model/prompt-digest.ts'

const implicit: PromptCache = { mode: 'implicit', minTokens: 0, blockTokens: 4, ttlSeconds: 300 }
const explicit: PromptCache = { ...implicit, mode: 'explicit' }

function plain(...texts: readonly string[]) {
  return texts.map(text => ({ text, isMarked: false }))
}

describe('digestPrompt', () => {
  it.each([
    ['', 0],
    ['abc', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['ééé', 2],
  ])('counts %j as %i tokens of four bytes', (text, tokens) => {
    expect(digestPrompt(plain(text), implicit).tokens).toBe(tokens)
  })

  it('has one key per whole block, whatever the parts', () => {
    const whole = digestPrompt(plain('a'.repeat(16), 'b'.repeat(16), 'c'), implicit)
    const split = digestPrompt(plain(`${'a'.repeat(16)}bbb`, `${'b'.repeat(13)}c`), implicit)
    expect(whole.prefixes.tokens).toEqual([4, 8])
    expect(split).toEqual(whole)
  })

  it('gives two prompts equal keys exactly up to the block in which they first differ', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '漢'), maxLength: 200 })
    fc.assert(
      fc.property(letters, letters, (left, right) => {
        const one = digestPrompt(plain(left), implicit).prefixes.keys
        const two = digestPrompt(plain(right), implicit).prefixes.keys
        const [a, b] = [Buffer.from(left), Buffer.from(right)]
        const shorter = Math.min(a.length, b.length)
        const differs = a.subarray(0, shorter).findIndex((byte, at) => byte !== b[at])
        const shared = Math.floor((differs < 0 ? shorter : differs) / 16)
        const equal = one.findIndex((key, at) => key !== two[at])
        expect(equal < 0 ? Math.min(one.length, two.length) : equal).toBe(shared)
      }),
    )
  })

  it('has one key per part and knows the marked ones where caching is explicit', () => {
    const parts = [...plain('system'), { text: 'long', isMarked: true }, ...plain('question')]
    const { prefixes, tokens } = digestPrompt(parts, explicit)
    expect(tokens).toBe(5)
    expect(prefixes.tokens).toEqual([2, 3, 5])
    expect(prefixes.marked).toEqual([1])
    const other = digestPrompt(plain('system', 'lon', 'gquestion'), explicit).prefixes.keys
    expect(other[0]).toBe(prefixes.keys[0])
    expect(other[1]).not.toBe(prefixes.keys[1])
  })

  it('has no prefixes, but still an identity, where nothing is cached', () => {
    const none: PromptCache = { mode: 'none', minTokens: 0, blockTokens: 0, ttlSeconds: 0 }
    const digest = digestPrompt(plain('a'.repeat(100)), none)
    expect(digest).toMatchObject({ tokens: 25, prefixes: { keys: [], tokens: [], marked: [] } })
    expect(digestPrompt(plain('b'.repeat(100)), none).key).not.toBe(digest.key)
  })

  it('spreads keys so that many similar blocks do not collide', () => {
    const text = Array.from({ length: 40_000 }, (_, at) => String(at).padStart(16, '0')).join('')
    const { keys } = digestPrompt(plain(text), implicit).prefixes
    expect(keys.length).toBe(40_000)
    expect(new Set(keys).size).toBe(40_000)
    expect(keys.every(Number.isSafeInteger)).toBe(true)
  })
})
