import type { PicoUsd } from '../../core/index.ts'
import type { AccessRules } from '../../policy/index.ts'

/** When the spending that counts against a budget starts again at zero: at 00:00 UTC; weeks begin on Monday. */
export type BudgetReset = 'never' | 'daily' | 'weekly' | 'monthly'

/** One key that callers may use, as the router's settings have it. The key itself is nowhere. */
export interface KeyDefinition {
  /** Label in records and answers; unique among the keys. */
  readonly name: string
  /** SHA-256 of the key's text in 64 lower-case hex digits; unique among the keys. */
  readonly sha256: string
  /** A `management` key reads accounts and activity, and cannot run inference. */
  readonly kind: 'inference' | 'management'
  /** Most that may be charged to the key in one period; null: no limit. */
  readonly budget: { readonly limit: PicoUsd; readonly reset: BudgetReset } | null
  /** Requests admitted in any 60 seconds; null: no limit. */
  readonly requestsPerMinute: number | null
  /** What the key may use; combined with the account's rules, the stricter wins. */
  readonly rules: AccessRules
  /** Added to the cost of each request: 250 charges 1.025 times the cost. A whole number, 0 or more. */
  readonly markupBasisPoints: number
  /** Epoch milliseconds from which the key is refused; null: never. */
  readonly expiresAtMs: number | null
  readonly disabled: boolean
}

/** Who may call and what the account behind all keys has. */
export interface CallerSettings {
  /** Empty: callers are not asked for a key, and nothing is limited. */
  readonly keys: readonly KeyDefinition[]
  /**
   * Credits bought for the account, ever. From 10 USD on, free models serve 1000 requests a day, below it 50.
   * Everything charged is taken from them. null: no balance is kept, and the higher limit holds.
   */
  readonly credits: PicoUsd | null
}

/** No keys: every caller is the same local one, without limits. */
export const noCallerSettings: CallerSettings = Object.freeze({ keys: [], credits: null })
