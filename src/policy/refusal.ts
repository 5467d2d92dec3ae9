import type { ExclusionRule } from './types.ts'

/** Why a filter refuses an endpoint. */
export interface Refusal {
  readonly rule: ExclusionRule
  readonly detail: string
}

/** A reason that is the same for every endpoint: made once, so that filtering allocates little. */
export function refusal(rule: ExclusionRule, detail: string): Refusal {
  return Object.freeze({ rule, detail })
}
