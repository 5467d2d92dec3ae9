import type { BudgetReset } from './key-definition.ts'

/** Milliseconds of one UTC day: there are no leap seconds in epoch time. */
export const dayMs = 86_400_000

/** Whole days between 1970-01-01 and the instant. Pure. */
export function dayOf(epochMs: number): number {
  return Math.floor(epochMs / dayMs)
}

/** The day as `2026-11-20`. Pure. */
export function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/**
 * First day of the period that the day is in; weeks begin on Monday. Pure.
 *
 * @returns -Infinity for `never`: all days are in it.
 */
export function firstDayOf(reset: BudgetReset, day: number): number {
  switch (reset) {
    case 'never':
      return Number.NEGATIVE_INFINITY
    case 'daily':
      return day
    case 'weekly':
      // 1970-01-01 was a Thursday.
      return day - ((day + 3) % 7)
    case 'monthly':
      return day - new Date(day * dayMs).getUTCDate() + 1
  }
}
