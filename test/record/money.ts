import type { Price } from '../../src/catalog/index.ts'
import { parseUsd } from '../../src/core/index.ts'
import { type Cost, costOf, type CostContext, type Usage } from '../../src/record/index.ts'

/** A decimal amount of USD as pico-USD. */
export function usd(text: string): bigint {
  const amount = parseUsd(text)
  if (amount === null) throw new Error(`no amount: ${text}`)
  return amount
}

/** A price from USD per token, as OpenRouter writes it. */
export function price(input: string, output: string, more: Partial<Price> = {}): Price {
  return {
    input: usd(input),
    output: usd(output),
    cacheRead: null,
    cacheWrite: null,
    request: 0n,
    version: 'test',
    ...more,
  }
}

/** Usage of so many tokens in and out. */
export function usage(inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage {
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    reportedCost: null,
    ...more,
  }
}

/** Microseconds since 1970 of a time as ISO 8601. */
export function at(time: string): CostContext {
  return { epochUs: Date.parse(time) * 1000 }
}

/** A Friday at noon. */
export const noon = at('2026-11-20T12:00:00Z')

/** The cost of what is known to have one. */
export function knownCost(of: Price, used: Usage, context: CostContext = noon): Cost {
  const result = costOf(of, used, context)
  if (!result.isKnown) throw new Error(`unknown: ${result.reason}`)
  return result.cost
}
