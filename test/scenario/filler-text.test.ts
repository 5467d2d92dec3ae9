import * as fc from 'fast-check'
import { countTokens as cl100kTokens } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as o200kTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { fillerText } from '../../src/scenario/index.ts'

const tokens = fc.integer({ min: 0, max: 200_000 })

describe('fillerText', () => {
  it('is exactly four bytes of ASCII per token', () => {
    fc.assert(
      fc.property(fc.string(), tokens, (key, count) => {
        const text = fillerText(key, count)
        expect(Buffer.byteLength(text)).toBe(count * 4)
        expect(/^[a-z ]*$/.test(text)).toBe(true)
      }),
    )
  })

  it('is exactly one token of every real tokenizer per token, also joined to another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(300), (one, other, count) => {
        const text = fillerText(one, count) + fillerText(other, 10)
        expect([o200kTokens(text), cl100kTokens(text)]).toEqual([count + 10, count + 10])
      }),
    )
  })

  it('of fewer tokens is the beginning of more', () => {
    fc.assert(
      fc.property(fc.string(), tokens, tokens, (key, a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)]
        expect(fillerText(key, long).startsWith(fillerText(key, short))).toBe(true)
      }),
    )
  })

  it('differs within its first eight words from that of any other key', () => {
    const heads = Array.from({ length: 100_000 }, (_, i) => fillerText(`key ${i}`, 8))
    expect(new Set(heads).size).toBe(heads.length)
  })

  it('is the same in every process and version', () => {
    expect(fillerText('routebench', 12)).toMatchInlineSnapshot(
      `" ask get ear lot hat not cat hit for age did net"`,
    )
  })

  it('looks like words', () => {
    const [longest] = fillerText('words', 1000)
      .split(' ')
      .map(word => word.length)
      .toSorted((a, b) => b - a)
    expect(longest).toBeLessThan(12)
  })
})
