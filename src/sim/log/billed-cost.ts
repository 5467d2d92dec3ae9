import type { Price, PriceAmounts, PriceOverride } from '../../catalog/index.ts'
import type { PicoUsd } from '../../core/index.ts'
import type { Ending } from './log-line.ts'
import type { AnswerUsage } from '../model/answer.ts'

/** What billing depends on. */
export interface BilledExchange {
  readonly ended: Ending
  /** Whether the answer was begun: a 200 was written. */
  readonly wasBegun: boolean
  /** Tokens of the planned answer; null: none was planned (errors, resets). */
  readonly usage: AnswerUsage | null
  /** Output tokens made when the caller left or the answer was cut. */
  readonly madeTokens: number
  /** Whether the provider bills a canceled request in full. */
  readonly billsCanceled: boolean
  /** When the request came, milliseconds since 1970 UTC: some prices depend on it. */
  readonly atEpochMs: number
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
  const { ended, usage, wasBegun, atEpochMs } = exchange
  if (!usage) return 0n
  const isWhole = ended === 'complete' || (ended === 'canceled' && exchange.billsCanceled)
  if (isWhole) return tokensCost(price, usage, atEpochMs)
  if (!wasBegun) return 0n
  const outputTokens = Math.min(usage.outputTokens, exchange.madeTokens)
  const reasoningTokens = Math.min(usage.reasoningTokens, outputTokens)
  return tokensCost(price, { ...usage, outputTokens, reasoningTokens }, atEpochMs)
}

function tokensCost(price: Price, usage: AnswerUsage, atEpochMs: number): PicoUsd {
  const { inputTokens, cachedTokens, writtenTokens, longWrittenTokens, outputTokens, reasoningTokens } = usage
  const special = (price.overrides ?? []).filter(override => isMet(override, { inputTokens, atEpochMs }))
  const each = <K extends keyof PriceAmounts>(kind: K): PriceAmounts[K] => {
    const amounts: Partial<PriceAmounts> | undefined = special.findLast(
      ({ amounts: some }) => some[kind] !== undefined,
    )?.amounts
    return { ...price, ...amounts }[kind]
  }
  const input = each('input')
  const write = each('cacheWrite') ?? input
  const parts: readonly (readonly [tokens: number, each: PicoUsd])[] = [
    [inputTokens - cachedTokens - writtenTokens, input],
    [cachedTokens, each('cacheRead') ?? input],
    [writtenTokens - longWrittenTokens, write],
    [longWrittenTokens, each('cacheWrite1h') ?? write],
    [outputTokens - reasoningTokens, each('output')],
    [reasoningTokens, each('reasoning') ?? each('output')],
    [1, each('request')],
  ]
  return parts.reduce((sum, [tokens, amount]) => sum + BigInt(tokens) * amount, 0n)
}

/** Whether a provider would apply its other prices to a prompt of this length at this time. */
function isMet(
  { minPromptTokens = -1, utcWindow, utcDays }: PriceOverride,
  { inputTokens, atEpochMs }: { readonly inputTokens: number; readonly atEpochMs: number },
): boolean {
  if (inputTokens <= minPromptTokens) return false
  // As in "Fri, 20 Nov 2026 12:00:00 GMT".
  const [day = '', hours = '', minutes = ''] = new Date(atEpochMs).toUTCString().split(/,.{13}|:/)
  if (utcDays && !utcDays.some(name => name.startsWith(day.toLowerCase()))) return false
  if (!utcWindow) return true
  const { startMinute, endMinute } = utcWindow
  const afterStart = (Number(hours) * 60 + Number(minutes) - startMinute + 1440) % 1440
  return afterStart < (endMinute - startMinute + 1440) % 1440
}
