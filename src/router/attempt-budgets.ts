import { createRetryBudget, type RetryBudget } from '../health/index.ts'
import type { RouterSettings } from './settings.ts'

/** What a router may spend on attempts beyond the first of each request. */
export interface AttemptBudgets {
  /** All further attempts spend from it; retries of the same endpoint and hedges wait for it. */
  readonly retries: RetryBudget
  /** Hedges spend from this one, too. */
  readonly hedges: RetryBudget
}

/** Makes full budgets. Without hedging theirs is empty. */
export function createAttemptBudgets({
  retryBudget,
  hedge,
}: Pick<RouterSettings, 'retryBudget' | 'hedge'>): AttemptBudgets {
  // One hedge is saved up at most, so that there is no burst of them just when everything is slow.
  const hedges = { perRequest: hedge?.maxShare ?? 0, reserve: hedge ? 1 : 0 }
  return Object.freeze({ retries: createRetryBudget(retryBudget), hedges: createRetryBudget(hedges) })
}
