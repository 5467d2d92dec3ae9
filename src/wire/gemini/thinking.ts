import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import type { EncodeOptions } from '../protocol.ts'
import { budgetOf, readReasoning } from '../reasoning-wish.ts'

/** Longest answer that a budget is a share of when nobody said one. */
const usualMaxTokens = 8192
/** Budgets that the models of 2.5 take (docs: thinking); some take less. */
const mostBudget = 24_576

/** What thinking depends on beside the caller's fields. */
export interface ThinkingOptions {
  readonly options: EncodeOptions
  /** null: the caller gave none. */
  readonly maxTokens: number | null
  readonly departures: Departures
}

/** Levels of newer models; the others have no name there. */
const levels: Readonly<Record<string, string>> = {
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

/**
 * `thinkingConfig`: a level where the endpoint takes `reasoning_effort`, else a budget of tokens; 0 is off. Thoughts are
 * shown when reasoning was asked for and not excluded. null: nothing was asked for. Pure but for the departures it notes.
 */
export function encodeThinking(
  fields: JsonObject,
  { options, maxTokens, departures }: ThinkingOptions,
): JsonObject | null {
  const { amount, isHidden } = readReasoning(fields)
  const shown = { includeThoughts: !isHidden }
  switch (amount.kind) {
    case 'unstated':
      return null
    case 'off':
      return { thinkingBudget: 0 }
    case 'budget':
      return { thinkingBudget: amount.tokens, ...shown }
    case 'effort': {
      const { effort } = amount
      if (options.supports?.has('reasoning_effort')) {
        const level = levels[effort] ?? 'MEDIUM'
        if (level !== effort.toUpperCase()) departures.change(`reasoning effort ${level}`)
        return { thinkingLevel: level, ...shown }
      }
      const most = maxTokens ?? options.defaultMaxTokens ?? usualMaxTokens
      const budget = Math.min(budgetOf(effort, most), mostBudget)
      departures.change(`reasoning effort ${effort} as ${budget} tokens`)
      return { thinkingBudget: budget, ...shown }
    }
  }
}
