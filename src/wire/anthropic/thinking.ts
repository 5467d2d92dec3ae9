import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asObject } from '../json.ts'
import { budgetOf, effortOf, readReasoning } from '../reasoning-wish.ts'

/** Bounds of a thinking budget in tokens; it must also stay below `max_tokens` (docs: extended thinking). */
const leastBudget = 1024
const mostBudget = 128_000

/** What thinking depends on beside the caller's fields. */
export interface ThinkingOptions {
  readonly supports: ReadonlySet<string> | undefined
  readonly maxTokens: number
  readonly departures: Departures
}

/** How thinking is asked for. */
export interface Thinking {
  readonly fields: JsonObject
  readonly isOn: boolean
  /** Goes into `output_config`; null: none. */
  readonly effort: string | null
}

const nothing: Thinking = { fields: {}, isOn: false, effort: null }

/**
 * Asks for thinking: adaptive with an effort where the endpoint takes `reasoning_effort` (newer models refuse budgets),
 * else with a budget of tokens. A forced tool rules thinking out. Pure but for the departures it notes.
 */
export function encodeThinking(fields: JsonObject, options: ThinkingOptions): Thinking {
  const { amount, isHidden } = readReasoning(fields)
  const { supports, departures } = options
  if (amount.kind === 'unstated') return nothing
  if (amount.kind === 'off') return { ...nothing, fields: { thinking: { type: 'disabled' } } }
  if (forcesTool(fields['tool_choice'])) {
    departures.leaveOut('reasoning')
    return nothing
  }
  if (supports?.has('reasoning_effort')) {
    return adaptive(amount, { ...options, isHidden })
  }
  const budget = boundedBudget(
    amount.kind === 'budget' ? amount.tokens : budgetOf(amount.effort, options.maxTokens),
    options,
  )
  if (budget === null) return nothing
  if (amount.kind === 'effort') departures.change(`reasoning effort ${amount.effort} as ${budget} tokens`)
  const shown = isHidden && { display: display(true) }
  return {
    fields: { thinking: { type: 'enabled', budget_tokens: budget, ...shown } },
    isOn: true,
    effort: null,
  }
}

function display(isHidden: boolean): string {
  return isHidden ? 'omitted' : 'summarized'
}

type Amount = Exclude<ReturnType<typeof readReasoning>['amount'], { readonly kind: 'unstated' | 'off' }>

function adaptive(amount: Amount, options: ThinkingOptions & { readonly isHidden: boolean }): Thinking {
  const { maxTokens, departures, isHidden } = options
  const asked = amount.kind === 'effort' ? amount.effort : effortOf(amount.tokens, maxTokens)
  const effort = asked === 'minimal' ? 'low' : asked
  if (amount.kind === 'budget') departures.change(`reasoning of ${amount.tokens} tokens as effort ${effort}`)
  else if (effort !== asked) departures.change(`reasoning effort ${effort}`)
  return { fields: { thinking: { type: 'adaptive', display: display(isHidden) } }, isOn: true, effort }
}

/** The budget within its bounds; null: there is no room for one. */
function boundedBudget(wanted: number, { maxTokens, departures }: ThinkingOptions): number | null {
  const budget = Math.min(Math.max(wanted, leastBudget), mostBudget, maxTokens - 1)
  if (budget < leastBudget) {
    departures.leaveOut('reasoning')
    return null
  }
  if (budget !== wanted) departures.change(`reasoning of ${budget} tokens`)
  return budget
}

function forcesTool(choice: unknown): boolean {
  return choice === 'required' || asObject(asObject(choice)?.['function']) !== null
}
