import type { Answer } from './answer.ts'

/**
 * Whether an answer that told how it ended says nothing at all: no text, thought or tool call, ended by itself, and not
 * one token counted. Hosts that are starting up answer so. A model that ends its turn without a word has made tokens
 * for that, and a limit or a filter may leave nothing: those answers are whole. Pure.
 */
export function isEmptyAnswer(
  { finishReason, usage }: Pick<Answer, 'finishReason' | 'usage'>,
  hasToken: boolean,
): boolean {
  if (hasToken || finishReason !== 'stop') return false
  return usage === null || usage === 'invalid' || usage.outputTokens === 0
}
