/** The numbers of a retry budget. */
export interface RetryBudgetSettings {
  /** What each request adds, in attempts: 0.1 bounds attempts at 1.1 a request. */
  readonly perRequest: number
  /** Most that is saved up, what there is at first, and most that is owed. */
  readonly reserve: number
}

/** Defaults, our choice; Finagle and gRPC have 0.2 and 0.1. */
export const defaultRetryBudgetSettings: RetryBudgetSettings = Object.freeze({ perRequest: 0.1, reserve: 10 })

/**
 * What may be spent on attempts beyond the first of each request, so that trouble does not multiply its load. All
 * further attempts spend from it; those that only add load (retries of the same endpoint, hedges) wait for it.
 */
export interface RetryBudget {
  /** A request has come. */
  earn(): void
  /** Whether an attempt can be paid in full. */
  allows(): boolean
  /** Pays one attempt; one that did not wait for it may leave a debt, which requests to come pay off first. */
  spend(): void
}

/** Makes a budget with its reserve. Knows no time: of n requests, it allows at most reserve + perRequest · n attempts. */
export function createRetryBudget(settings: RetryBudgetSettings): RetryBudget {
  const { perRequest, reserve } = settings
  let saved = reserve
  return Object.freeze<RetryBudget>({
    earn: () => {
      saved = Math.min(saved + perRequest, reserve)
    },
    // Sums of tenths fall short of 1 by some 1e-16.
    allows: () => saved >= 1 - 1e-9,
    spend: () => {
      saved = Math.max(saved - 1, -reserve)
    },
  })
}
