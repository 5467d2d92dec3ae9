import type { Rng } from '../../core/index.ts'
import { fillerIn, type Script } from './filler-text.ts'
import { jsonFor } from './json-answer.ts'
import type { Tokenizer } from './tokenizer.ts'
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

/** What a text is made with. */
export interface TextMeans {
  readonly rng: Rng
  readonly tokenizer: Tokenizer
}

/** The whole text that a wish leads to, before any cap; `fillerTokens` is the length when it is filler. */
export function textFor(wish: TextWish, fillerTokens: number, means: TextMeans): string {
  switch (wish.kind) {
    case 'exact':
      return wish.text
    case 'json':
      return JSON.stringify(jsonFor(wish.schema, means.rng))
    case 'filler':
      return fillerIn(wish.script ?? 'latin', fillerTokens, means)
  }
}
