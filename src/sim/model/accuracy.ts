import type { AnswerWish, TextMeans } from './answer-text.ts'
import { fillerText } from './filler-text.ts'

/**
 * Share of checkable answers that a model gets right, by the beginning of its slug (the part of the model id
 * after the author); the longest that fits counts. Set by us so that models can be told apart, not measured:
 * the checkable prompts only ask for words that they name.
 */
const accuracyBySlug: Readonly<Record<string, number>> = {
  'claude-haiku': 0.99,
  'gpt-4o-mini': 0.97,
  'gpt-oss-20b': 0.95,
  'llama-3.1-8b': 0.9,
  'llama-4-scout': 0.97,
  'gemma-3': 0.95,
  'mistral-small': 0.97,
}

/** Where no row fits: models of this size do what such a prompt says. */
const usualAccuracy = 1

/** Share of checkable answers that a model gets right, 0–1. Pure. */
export function accuracyOf(modelId: string): number {
  const slug = modelId.slice(modelId.indexOf('/') + 1)
  const row = Object.keys(accuracyBySlug)
    .filter(name => slug.startsWith(name))
    .toSorted((a, b) => b.length - a.length)[0]
  return row === undefined ? usualAccuracy : (accuracyBySlug[row] ?? usualAccuracy)
}

/**
 * The text of an answer as a model of that accuracy gives it: a wrong answer to an exact wish is filler of the
 * same length. Other wishes have no right answer to miss. Pure.
 */
export function accurateText(
  wish: AnswerWish,
  text: string,
  { accuracyRatio, rng, tokenizer }: TextMeans & { readonly accuracyRatio: number },
): string {
  if (wish.kind !== 'exact' || rng.fork('accuracy').next() < accuracyRatio) return text
  return fillerText(Math.max(1, tokenizer.count(text)), rng.fork('mistake'))
}
