// Remembers how endpoints and their keys behave, and says when they are left alone, how long to wait for them and how
// much may be spent on trying again. Pure: time is an argument of each call.
export { backoffMs, defaultRetrySettings, type RetrySettings } from './backoff.ts'
export type { BreakerSettings, BreakerState } from './breaker.ts'
export { type EndpointHealth, type EndpointState, type Quantiles, unknownHealth } from './endpoint-health.ts'
export { createHealthBook, type HealthBook } from './health-book.ts'
export type { CoolsDown, HealthEvent } from './health-event.ts'
export { defaultHealthSettings, type HealthSettings } from './health-settings.ts'
export type { HealthWindows } from './health-windows.ts'
export {
  defaultLearnedDeadlineSettings,
  type LearnedDeadlineSettings,
  learnedFirstTokenMs,
} from './learned-deadline.ts'
export {
  createRetryBudget,
  defaultRetryBudgetSettings,
  type RetryBudget,
  type RetryBudgetSettings,
} from './retry-budget.ts'
