import type { PicoUsd } from '../core/index.ts'

/** An answer as far as its caller is charged for it. */
export interface ChargedAnswer {
  /** What its provider bills; null: not known. */
  readonly billed: PicoUsd | null
  /** null: not known. */
  readonly outputTokens: number | null
  /** As the caller gets it; null or blank: none. */
  readonly finishReason: string | null
}

/** Basis points in the whole. */
const wholeBasisPoints = 10_000n

/**
 * What the caller is charged for an answer: what it cost, with a markup in basis points (550 is 5.5 %).
 *
 * Zero-completion insurance, OpenRouter's rule: nothing for prompt, completion and reasoning when there are no completion
 * tokens and no finish reason, or when the finish reason is `error`. What the provider bills us stays beside it.
 * Amounts that the markup would split are rounded up to a whole pico-USD. Pure.
 *
 * @returns null when the cost is not known and the insurance does not apply.
 */
export function chargeOf(answer: ChargedAnswer, markupBasisPoints = 0): PicoUsd | null {
  if (isInsured(answer)) return 0n
  if (answer.billed === null) return null
  const scaled = answer.billed * (wholeBasisPoints + BigInt(markupBasisPoints))
  return (scaled + wholeBasisPoints - 1n) / wholeBasisPoints
}

function isInsured({ outputTokens, finishReason }: ChargedAnswer): boolean {
  const reason = finishReason?.trim() ?? ''
  return reason === 'error' || (reason === '' && outputTokens === 0)
}
