import * as fc from 'fast-check'
import cl100k from 'gpt-tokenizer/encoding/cl100k_base'
import o200k from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { fillerText } from '../../../src/sim/model/filler-text.ts'
import { withTokenMemory } from '../../../src/sim/model/token-memory.ts'
import { capText, tokenizerNames } from '../../../src/sim/model/tokenizer.ts'
import { createTokenizers, tokenizerFor } from '../../../src/sim/tokenizers.ts'

const tokenizers = createTokenizers()
const plain = { disallowedSpecial: new Set<string>() }
const published = {
  o200k: (text: string) => o200k.encode(text, plain),
  cl100k: (text: string) => cl100k.encode(text, plain),
}

const words = [
  'Hello',
  ' world',
  'naïve',
  ' 世界',
  '今天天气',
  'ταξίδι',
  ' привет',
  '🙂',
  '👩‍👩‍👧',
  "don't",
  'I’LL',
]
const odd = [
  '\n\n',
  '  ',
  '\t',
  '{"a":1.5}',
  '<|endoftext|>',
  '....',
  '1234567',
  'fooBarBaz',
  '\u00ad',
  '\r\n',
  'é',
]
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...words, ...odd), { maxLength: 30 }).map(parts => parts.join('')),
)

describe.each(['o200k', 'cl100k'] as const)('the tokenizer %s', name => {
  const tokenizer = tokenizers.of(name)

  it('gives the tokens that the published encoding gives', () => {
    fc.assert(
      fc.property(texts, text => {
        expect([...(tokenizer.idsOf?.(text) ?? [])]).toEqual(published[name](text))
        expect(tokenizer.count(text)).toBe(published[name](text).length)
      }),
    )
  })

  it('counts a long run of letters without a space in bounded time, one token a slice too many at most', () => {
    const text = 'abcdefghij'.repeat(2000)
    const slices = Math.ceil(text.length / 1024)
    const parts = published[name]('abcdefghij'.repeat(100)).length * 20
    expect(Math.abs(tokenizer.count(text) - parts)).toBeLessThanOrEqual(slices + 20)
  })

  it('gives long texts the same tokens when it remembers them', () => {
    const remembering = withTokenMemory(tokenizer)
    for (const text of [fillerText(500, createRng('a')), fillerText(500, createRng('b'))]) {
      expect(remembering.idsOf?.(text)).toEqual(tokenizer.idsOf?.(text))
      expect(remembering.idsOf?.(text)).toBe(remembering.idsOf?.(text))
    }
  })
})

describe.each(tokenizerNames)('pieces of %s', name => {
  const tokenizer = tokenizers.of(name)

  it('join to the text, are never empty, and count together what the text counts', () => {
    fc.assert(
      fc.property(texts, text => {
        const units = tokenizer.units(text)
        expect(units.map(unit => unit.text).join('')).toBe(text)
        expect(units.every(unit => unit.text.length > 0 && unit.tokens > 0)).toBe(true)
        expect(units.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(tokenizer.count(text))
      }),
    )
  })

  it('are kept by a cap as far as it reaches', () => {
    fc.assert(
      fc.property(texts, fc.nat(12), (text, tokens) => {
        const kept = capText(text, tokens, tokenizer)
        expect(text.startsWith(kept)).toBe(true)
        expect(tokenizer.count(kept)).toBeLessThanOrEqual(tokens)
        if (tokenizer.count(text) <= tokens) expect(kept).toBe(text)
      }),
    )
  })

  it('make filler of exactly as many tokens as asked for, the same for the same draws', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.string(), (tokens, seed) => {
        const text = fillerText(tokens, createRng(seed))
        expect(tokenizer.count(text)).toBe(tokens)
        expect(fillerText(tokens, createRng(seed))).toBe(text)
      }),
    )
  })
})

describe('tokenizerFor', () => {
  it.each([
    ['family', 'o200k', 'o200k'],
    ['family', 'cl100k', 'cl100k'],
    ['family', 'claude', 'o200k'],
    ['bytes', 'cl100k', 'bytes'],
  ] as const)('takes for the setting %s and the family %s the tokenizer %s', (setting, family, name) => {
    expect(tokenizerFor(setting, family)).toBe(name)
  })
})
