import type { JsonObject } from '../core/index.ts'
import { asObject, asText } from './json.ts'

/** How much a caller wants a model to think, and whether it wants to see it. */
export interface ReasoningWish {
  readonly amount:
    | { readonly kind: 'unstated' }
    | { readonly kind: 'off' }
    | { readonly kind: 'effort'; readonly effort: string }
    | { readonly kind: 'budget'; readonly tokens: number }
  readonly isHidden: boolean
}

/** Reads OpenAI's `reasoning_effort` and OpenRouter's `reasoning` object; a budget wins over an effort. Pure. */
export function readReasoning(fields: JsonObject): ReasoningWish {
  const reasoning = asObject(fields['reasoning']) ?? {}
  const isHidden = reasoning['exclude'] === true || fields['include_reasoning'] === false
  return { amount: amountOf(fields, reasoning), isHidden }
}

function amountOf(fields: JsonObject, reasoning: JsonObject): ReasoningWish['amount'] {
  const { max_tokens: tokens, enabled } = reasoning
  const effort = asText(fields['reasoning_effort']) || asText(reasoning['effort'])
  if (effort === 'none' || enabled === false) return { kind: 'off' }
  if (typeof tokens === 'number') return tokens > 0 ? { kind: 'budget', tokens } : { kind: 'off' }
  if (effort !== '') return { kind: 'effort', effort }
  return enabled === true ? { kind: 'effort', effort: 'medium' } : { kind: 'unstated' }
}

/** Share of the longest answer that each effort may think, as OpenRouter has it (docs: reasoning tokens). */
const shares: readonly (readonly [effort: string, share: number])[] = [
  ['minimal', 0.1],
  ['low', 0.2],
  ['medium', 0.5],
  ['high', 0.8],
  ['xhigh', 0.95],
  ['max', 0.95],
]

/** The budget that stands for an effort, in tokens; a word that is not known counts as medium. Pure. */
export function budgetOf(effort: string, maxTokens: number): number {
  const share = shares.find(([name]) => name === effort)?.[1] ?? 0.5
  return Math.floor(share * maxTokens)
}

/** The least effort whose share of the longest answer holds a budget. Pure. */
export function effortOf(budgetTokens: number, maxTokens: number): string {
  return shares.find(([, share]) => budgetTokens <= share * maxTokens)?.[0] ?? 'xhigh'
}
