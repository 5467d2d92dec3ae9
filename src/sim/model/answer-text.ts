import type { Rng } from '../../core/index.ts'
import { fillerIn, type Script } from './filler-text.ts'
import { type JsonAnswer, jsonFor } from './json-answer.ts'
import type { CheckerOf } from './fits-schema.ts'
import type { Tokenizer } from './tokenizer.ts'
import type { DeclaredTool } from './tool-answer.ts'

/** What a request asks its answer to be. */
export type AnswerWish =
  /** This text, word for word. */
  | {
      readonly kind: 'exact'
      readonly text: string
      /** Wrong answers that a model could give instead; left out: words of the same length. */
      readonly mistakes?: readonly string[]
    }
  /** A JSON object; `schema` null: any. `isStrict`: the caller wants decoding held to the schema. */
  | {
      readonly kind: 'json'
      readonly schema: Readonly<Record<string, unknown>> | null
      readonly isStrict?: boolean
    }
  /** Calls of these tools, at least one. */
  | { readonly kind: 'tools'; readonly tools: readonly DeclaredTool[] }
  /** A polite no. */
  | { readonly kind: 'refusal' }
  /** Anything; `tokens` null: of a drawn length. `script`: in which writing, Latin by default. */
  | { readonly kind: 'filler'; readonly tokens: number | null; readonly script?: Script }

/** A wish that one text fulfils. */
type TextWish = Exclude<AnswerWish, { readonly kind: 'tools' | 'refusal' }>

/** What a text is made with. */
export interface TextMeans {
  readonly rng: Rng
  readonly tokenizer: Tokenizer
  readonly checkerOf: CheckerOf
}

/**
 * The whole text that a wish leads to, before any cap; `fillerTokens` is the length when it is filler.
 * @returns null: no JSON was found that fits the schema.
 */
export function textFor(wish: TextWish, fillerTokens: number, means: TextMeans): string | null {
  switch (wish.kind) {
    case 'exact':
      return wish.text
    case 'json':
      return jsonText(jsonFor(wish.schema, means))
    case 'filler':
      return fillerIn(wish.script ?? 'latin', fillerTokens, means)
  }
}

function jsonText({ value, isFit }: JsonAnswer): string | null {
  return isFit ? JSON.stringify(value) : null
}
