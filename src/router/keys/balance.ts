import type { PicoUsd } from '../../core/index.ts'
import type { KeyDefinition } from './key-definition.ts'
import type { Ledger } from './ledger.ts'
import type { Spent } from './usage-book.ts'
import { dayOf, firstDayOf } from './utc-period.ts'

/** What a key may still spend in its current period, requests under way aside; null: it has no budget. */
export function budgetLeft(key: KeyDefinition, ledger: Ledger, nowMs: number): PicoUsd | null {
  if (key.budget === null) return null
  return key.budget.limit - gone(spentInPeriod(key, ledger, nowMs))
}

/** What is left of the account's credits, requests under way aside; null: no balance is kept. */
export function creditsLeft(credits: PicoUsd | null, ledger: Ledger): PicoUsd | null {
  return credits === null ? null : credits - gone(ledger.account())
}

function spentInPeriod({ sha256, budget }: KeyDefinition, ledger: Ledger, nowMs: number): Spent {
  const reset = budget?.reset ?? 'never'
  // A budget without periods is older than the days that are kept.
  return reset === 'never' ? ledger.total(sha256) : ledger.since(sha256, firstDayOf(reset, dayOf(nowMs)))
}

function gone({ charged, held }: Spent): PicoUsd {
  return charged + held
}
