import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { capText, splitText, textFor, tokensOf } from '../../../src/sim/model/answer-text.ts'
import { fillerText } from '../../../src/sim/model/filler-text.ts'

const anyText = fc.string({ unit: 'grapheme', maxLength: 80 })

describe('splitText', () => {
  it('loses nothing and makes no empty piece, wherever characters of several bytes fall', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 5 }), (text, tokensPerPiece) => {
        const pieces = splitText(text, tokensPerPiece)
        expect(pieces.join('')).toBe(text)
        expect(pieces.every(piece => piece.length > 0)).toBe(true)
        expect(pieces.length).toBe(Math.ceil(tokensOf(text) / tokensPerPiece))
      }),
    )
  })
})

describe('capText', () => {
  it('keeps a beginning of at most that many tokens, and of exactly that many when the text is longer', () => {
    fc.assert(
      fc.property(anyText, fc.nat(10), (text, tokens) => {
        const kept = capText(text, tokens)
        expect(text.startsWith(kept)).toBe(true)
        expect(tokensOf(kept)).toBe(Math.min(tokens, tokensOf(text)))
      }),
    )
  })
})

describe('fillerText', () => {
  it('is exactly as many tokens as asked for, and the same for the same draws', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.string(), (tokens, seed) => {
        const text = fillerText(tokens, createRng(seed))
        expect(Buffer.byteLength(text)).toBe(tokens * 4)
        expect(fillerText(tokens, createRng(seed))).toBe(text)
      }),
    )
  })
})

describe('textFor', () => {
  it('answers an exact wish word for word', () => {
    expect(textFor({ kind: 'exact', text: ' ≠ 42' }, 0, createRng('x'))).toBe(' ≠ 42')
  })
})
