import type { ReasoningEffort, ReasoningWish } from './model/reasoning.ts'

export type { ReasoningWish } from './model/reasoning.ts'

const efforts: readonly ReasoningEffort[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Reads a word for how hard to think: `none` is off, a word that is not known counts as medium. Pure. */
export function parseEffort(word: unknown): ReasoningWish {
  const text = String(word).toLowerCase()
  if (text === 'none') return { kind: 'off' }
  return { kind: 'effort', effort: efforts.find(effort => effort === text) ?? 'medium' }
}
