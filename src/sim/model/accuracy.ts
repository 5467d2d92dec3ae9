import { isObject } from '../../core/index.ts'
import type { AnswerWish, TextMeans } from './answer-text.ts'
import { fillerText } from './filler-text.ts'
import type { SchemaCheck } from './fits-schema.ts'

/**
 * Share of checkable answers that a model gets right, by the beginning of its slug (the part of the model id
 * after the author); the longest that fits counts. Set by us so that models can be told apart, not measured.
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

/** What decides whether an answer is right. */
export interface AccuracyMeans extends TextMeans {
  readonly accuracyRatio: number
  /** Whether the endpoint holds its decoding to a schema where it is asked to. */
  readonly isConstrained: boolean
}

/**
 * The text of an answer as a model of that accuracy gives it. A wrong answer to an exact wish is one of its mistakes,
 * or words of the same length; a wrong one to a schema is JSON that does not fit it, unless decoding is held to the
 * schema. Other wishes have no right answer to miss. Pure.
 */
export function accurateText(wish: AnswerWish, text: string, means: AccuracyMeans): string {
  const { accuracyRatio, isConstrained, rng, tokenizer } = means
  if (accuracyRatio >= 1 || !isCheckable(wish, isConstrained)) return text
  if (rng.fork('accuracy').next() < accuracyRatio) return text
  const mistake = rng.fork('mistake')
  if (wish.kind === 'json') return misfit(means.checkerOf(wish.schema ?? {}), text)
  const { mistakes = [] } = wish
  if (mistakes.length > 0) return mistakes[mistake.int(mistakes.length)] ?? ''
  return fillerText(Math.max(1, tokenizer.count(text)), mistake)
}

function isCheckable(
  wish: AnswerWish,
  isConstrained: boolean,
): wish is AnswerWish & { readonly kind: 'exact' | 'json' } {
  if (wish.kind === 'json') return wish.schema !== null && !(isConstrained && wish.isStrict === true)
  return wish.kind === 'exact'
}

/** Values that people who forget a field, or its type, would write; the first that does not fit. */
function misfit({ fits }: SchemaCheck, text: string): string {
  const value: unknown = JSON.parse(text)
  const members = isObject(value) ? Object.entries(value) : []
  const lacking = members.map((_, at) => Object.fromEntries(members.filter((__, other) => other !== at)))
  const wrong = [
    ...lacking.toReversed(),
    { ...Object.fromEntries(members), note: 'see above' },
    'see above',
    0,
    null,
  ]
  const found = wrong.find(candidate => !fits(candidate))
  // A schema that anything fits can only be missed by what is no JSON.
  return found === undefined ? `Here it is: ${text}` : JSON.stringify(found)
}
