import * as fc from 'fast-check'
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

  it('of fewer tokens is the beginning of more', () => {
    fc.assert(
      fc.property(fc.string(), tokens, tokens, (key, a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)]
        expect(fillerText(key, long).startsWith(fillerText(key, short))).toBe(true)
      }),
    )
  })

  it('differs within its first 16 bytes from that of any other key', () => {
    const heads = Array.from({ length: 100_000 }, (_, i) => fillerText(`key ${i}`, 4))
    expect(new Set(heads).size).toBe(heads.length)
  })

  it('is the same in every process and version', () => {
    expect(fillerText('routebench', 12)).toMatchInlineSnapshot(
      `"masewuco rezije  world being he were even are ha"`,
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
