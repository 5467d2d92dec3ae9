import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PromptCache } from '../../../src/catalog/index.ts'
import { type DigestRules, digestPrompt } from '../../../src/sim/model/prompt-digest.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'
import { createTokenizers } from '../../../src/sim/tokenizers.ts'

const blocks: PromptCache = { mode: 'implicit', minTokens: 0, blockTokens: 4, ttlSeconds: 300 }
const implicit: DigestRules = { cache: blocks, tokenizer: bytesTokenizer }
const explicit: DigestRules = { cache: { ...blocks, mode: 'explicit' }, tokenizer: bytesTokenizer }
const real = createTokenizers().of('o200k')

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
    const none: DigestRules = { ...implicit, cache: { ...blocks, mode: 'none' } }
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

  it('counts each part by itself, four tokens a message and three for the answer', () => {
    const parts = [
      { text: '{"name":"get_weather"}', isMarked: false },
      { mark: '<|s>', text: 'Be brief.', isMarked: false },
      { mark: '<|u>', text: 'Wie geht’s, 世界?', isMarked: false },
    ]
    const texts = parts.reduce((sum, { text }) => sum + real.count(text), 0)
    for (const mode of ['none', 'implicit', 'explicit'] as const)
      expect(digestPrompt(parts, { cache: { ...blocks, mode }, tokenizer: real }).tokens).toBe(
        texts + 2 * 4 + 3,
      )
  })

  it('has one key per whole block of tokens, across messages, and tells roles apart', () => {
    const rules = { cache: blocks, tokenizer: real }
    const one = digestPrompt([{ mark: '<|u>', text: 'the day and the night', isMarked: false }], rules)
    const other = digestPrompt([{ mark: '<|a>', text: 'the day and the night', isMarked: false }], rules)
    const longer = digestPrompt([{ mark: '<|u>', text: 'the day and the rest', isMarked: false }], rules)
    expect(one.prefixes.tokens).toEqual([4, 8])
    expect(other.prefixes.keys[0]).not.toBe(one.prefixes.keys[0])
    expect(longer.prefixes.keys).toEqual(one.prefixes.keys)
    expect(longer.key).not.toBe(one.key)
  })
})
