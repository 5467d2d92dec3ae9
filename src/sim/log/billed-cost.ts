import type { Price } from '../../catalog/index.ts'
import type { PicoUsd } from '../../core/index.ts'
import type { Ending } from './log-line.ts'
import type { AnswerUsage } from '../model/answer.ts'

/** Tokens that have a price; reasoning is output. */
type BilledTokens = Pick<AnswerUsage, 'inputTokens' | 'cachedTokens' | 'writtenTokens' | 'outputTokens'>

/** What billing depends on. */
export interface BilledExchange {
  readonly ended: Ending
  /** Whether the answer was begun: a 200 was written. */
  readonly wasBegun: boolean
  /** Tokens of the planned answer; null: none was planned (errors, resets). */
  readonly usage: BilledTokens | null
  /** Output tokens made when the caller left or the answer was cut. */
  readonly madeTokens: number
  /** Whether the provider bills a canceled request in full. */
  readonly billsCanceled: boolean
}

/**
 * What a provider bills for one exchange, in pico-USD. Pure, exact, and on purpose not the router's own
 * arithmetic: the two are compared.
 *
 * Errors and resets are free. A complete answer costs its tokens. A canceled one costs the whole answer where the
 * provider bills cancellations, even before its first byte; elsewhere, like an answer the provider broke off,
 * nothing before it was begun, and then its input and the output made so far.
 */
export function billedCost(price: Price, exchange: BilledExchange): PicoUsd {
  const { ended, usage, wasBegun } = exchange
  if (!usage) return 0n
  const isWhole = ended === 'complete' || (ended === 'canceled' && exchange.billsCanceled)
  if (isWhole) return tokensCost(price, usage)
  if (!wasBegun) return 0n
  return tokensCost(price, { ...usage, outputTokens: Math.min(usage.outputTokens, exchange.madeTokens) })
}

function tokensCost(price: Price, usage: BilledTokens): PicoUsd {
  const plainTokens = usage.inputTokens - usage.cachedTokens - usage.writtenTokens
  const parts: readonly (readonly [tokens: number, each: PicoUsd])[] = [
    [plainTokens, price.input],
    [usage.cachedTokens, price.cacheRead ?? price.input],
    [usage.writtenTokens, price.cacheWrite ?? price.input],
    [usage.outputTokens, price.output],
    [1, price.request],
  ]
  return parts.reduce((sum, [tokens, each]) => sum + BigInt(tokens) * each, 0n)
}
