import type { Endpoint } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import {
  chargeOf,
  type Cost,
  type CostContext,
  costOf,
  type CostResult,
  type CostUnknownReason,
} from '../record/index.ts'
import type { Exchange } from '../wire/index.ts'

/**
 * Why the cost of an attempt is not known: the catalogue's reasons, or
 * - `usage_missing`: the answer told no usage, and something may have been billed.
 * - `usage_invalid`: it told usage that cannot be.
 */
type UnknownReason = CostUnknownReason | 'usage_missing' | 'usage_invalid'

/** What one attempt cost. */
export interface AttemptCost {
  /** Billed: as the provider told, else computed here. null: unknown. */
  readonly billed: PicoUsd | null
  /** `none` exactly when `billed` is null. */
  readonly source: 'none' | 'provider' | 'local'
  /** Why `billed` is null; empty when it is not. */
  readonly unknownReason: UnknownReason | ''
  /** Computed here from the catalogue price; null when it cannot be, as without usage. */
  readonly local: Cost | null
}

/** Failures before the request can have reached the provider. */
const neverSent: ReadonlySet<string> = new Set(['connection_refused', 'name_not_resolved', 'timeout_connect'])

/**
 * Prices one attempt. Without usage it is free only where nothing can have been billed: the provider refused it
 * with an HTTP error, or no connection came about. Everything else without usage (timeouts, resets, cut streams,
 * cancellations) is unknown, never zero. Pure.
 */
export function attemptCost(endpoint: Endpoint, exchange: Exchange, context: CostContext): AttemptCost {
  const { usage } = exchange
  if (!usage) return costWithoutUsage(exchange)
  const result = costOf(endpoint.price, usage, context)
  const local = result.isKnown ? result.cost : null
  if (usage.reportedCost !== null)
    return { billed: usage.reportedCost, source: 'provider', unknownReason: '', local }
  const billed = local?.total ?? null
  return { billed, source: billed === null ? 'none' : 'local', unknownReason: reasonOf(result), local }
}

function costWithoutUsage(exchange: Exchange): AttemptCost {
  if (exchange.status >= 400 || wasNeverSent(exchange))
    return { billed: 0n, source: 'local', unknownReason: '', local: null }
  const unknownReason = exchange.usageIsInvalid ? 'usage_invalid' : 'usage_missing'
  return { billed: null, source: 'none', unknownReason, local: null }
}

function reasonOf(result: CostResult): UnknownReason | '' {
  return result.isKnown ? '' : result.reason
}

/** A finished attempt, as far as money is concerned. */
interface PaidAttempt {
  readonly exchange: Exchange
  readonly cost: AttemptCost
  /** `canceled`: the caller gave up. null: it succeeded. */
  readonly failure: { readonly ends: string | null } | null
  readonly isWinner: boolean
}

/**
 * What the caller is charged for a request: for the answer it got or gave up, with the key's markup. Other attempts are
 * our own affair, and an answer that broke off is insured (`chargeOf`): it was told to the caller as an error.
 * 0 when no provider answered. Pure.
 *
 * @returns null when it is not known what that answer costs.
 */
export function chargedFor(attempts: readonly PaidAttempt[], markupBasisPoints: number): PicoUsd | null {
  const answer = attempts.find(a => a.isWinner) ?? attempts.find(a => a.failure?.ends === 'canceled')
  if (!answer) return 0n
  const { outcome, usage, finishReason } = answer.exchange
  const isBroken = outcome.kind === 'error' || outcome.kind === 'truncated'
  const charged = {
    billed: answer.cost.billed,
    outputTokens: usage?.outputTokens ?? null,
    finishReason: isBroken ? 'error' : finishReason,
  }
  return chargeOf(charged, markupBasisPoints)
}

/** Why the cost of a request is not known: the reason of its first attempt of unknown cost; empty when there is none. */
export function unknownReasonOf(
  attempts: readonly Pick<PaidAttempt, 'cost'>[],
): AttemptCost['unknownReason'] {
  return attempts.find(a => a.cost.unknownReason !== '')?.cost.unknownReason ?? ''
}

/** Sum of amounts; null as soon as one is unknown. Nothing sums to 0. Pure. */
export function sumKnown(amounts: readonly (PicoUsd | null)[]): PicoUsd | null {
  let sum = 0n
  for (const amount of amounts) {
    if (amount === null) return null
    sum += amount
  }
  return sum
}

function wasNeverSent({ outcome, status }: Exchange): boolean {
  return status === 0 && outcome.kind === 'error' && neverSent.has(outcome.errorType)
}
