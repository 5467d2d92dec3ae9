import type { Rng } from '../../core/index.ts'
import { fillerText, type Script } from './filler-text.ts'
import { jsonFor } from './json-answer.ts'
import { bytesPerToken, tokensOfBytes } from './prompt-digest.ts'
import type { DeclaredTool } from './tool-answer.ts'

/** What a request asks its answer to be. */
export type AnswerWish =
  /** This text, word for word. */
  | { readonly kind: 'exact'; readonly text: string }
  /** A JSON object; `schema` null: any. */
  | { readonly kind: 'json'; readonly schema: Readonly<Record<string, unknown>> | null }
  /** Calls of these tools, at least one. */
  | { readonly kind: 'tools'; readonly tools: readonly DeclaredTool[] }
  /** A polite no. */
  | { readonly kind: 'refusal' }
  /** Anything; `tokens` null: of a drawn length. `script`: in which writing, Latin by default. */
  | { readonly kind: 'filler'; readonly tokens: number | null; readonly script?: Script }

/** A wish that one text fulfils. */
type TextWish = Exclude<AnswerWish, { readonly kind: 'tools' | 'refusal' }>

/** The whole text that a wish leads to, before any cap; `fillerTokens` is the length when it is filler. */
export function textFor(wish: TextWish, fillerTokens: number, rng: Rng): string {
  switch (wish.kind) {
    case 'exact':
      return wish.text
    case 'json':
      return JSON.stringify(jsonFor(wish.schema, rng))
    case 'filler':
      return fillerText(fillerTokens, rng, wish.script)
  }
}

/** Tokens of a text under the simulated tokenizer. */
export function tokensOf(text: string): number {
  return tokensOfBytes(Buffer.byteLength(text))
}

/** The beginning of a text that fits in `tokens` tokens, cut between characters. */
export function capText(text: string, tokens: number): string {
  return tokens < 1 ? '' : (splitText(text, tokens)[0] ?? '')
}

/**
 * Splits a text into pieces of `tokensPerPiece` tokens (the last may be shorter), cut between characters.
 * The pieces joined are the text, and none is empty.
 */
export function splitText(text: string, tokensPerPiece: number): readonly string[] {
  const pieceBytes = tokensPerPiece * bytesPerToken
  return Buffer.byteLength(text) === text.length ? splitAscii(text, pieceBytes) : splitWide(text, pieceBytes)
}

function splitAscii(text: string, pieceBytes: number): readonly string[] {
  const count = Math.ceil(text.length / pieceBytes)
  return Array.from({ length: count }, (_, at) => text.slice(at * pieceBytes, (at + 1) * pieceBytes))
}

function splitWide(text: string, pieceBytes: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  let bytes = 0
  for (const character of text) {
    const size = Buffer.byteLength(character)
    // A character belongs to the piece in which its last byte lies, so pieces keep step with tokens.
    if (bytes + size > (pieces.length + 1) * pieceBytes) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
    bytes += size
  }
  return piece === '' ? pieces : [...pieces, piece]
}
