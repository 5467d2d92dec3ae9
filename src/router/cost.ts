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
import { type AbandonedReason, abandonedReason, isAbandoned } from './abandoned-cost.ts'

/**
 * Why the cost of an attempt is not known: the catalogue's reasons, those of attempts that were given up, or
 * - `usage_missing`: the answer told no usage, and something may have been billed.
 * - `usage_invalid`: it told usage that cannot be.
 */
type UnknownReason = CostUnknownReason | AbandonedReason | 'usage_missing' | 'usage_invalid'

/** What the price of an attempt depends on besides its usage. */
export interface AttemptCostContext extends CostContext {
  readonly stream: boolean
}

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

/**
 * Prices one attempt. Without usage it is free only where nothing can have been billed: the provider refused it
 * with an HTTP error, no connection came about, or it was given up before its answer began at a provider that stops
 * then. Everything else without usage (timeouts, resets, cut streams, cancellations) is unknown, never zero; so is
 * usage told midway by a provider that bills to the end. Pure.
 */
export function attemptCost(
  endpoint: Endpoint,
  exchange: Exchange,
  context: AttemptCostContext,
): AttemptCost {
  const { usage } = exchange
  if (!usage || isUsageOfPart(endpoint, exchange)) return costWithoutUsage(endpoint, exchange, context)
  const result = costOf(endpoint.price, usage, context)
  const local = result.isKnown ? result.cost : null
  if (usage.reportedCost !== null)
    return { billed: usage.reportedCost, source: 'provider', unknownReason: '', local }
  const billed = local?.total ?? null
  return { billed, source: billed === null ? 'none' : 'local', unknownReason: reasonOf(result), local }
}

/** A running total that stopped when the attempt was given up, while the provider went on. */
function isUsageOfPart({ provider }: Endpoint, exchange: Exchange): boolean {
  return provider.billsCanceled && exchange.finishReason === '' && isAbandoned(exchange)
}

const free: AttemptCost = Object.freeze({ billed: 0n, source: 'local', unknownReason: '', local: null })

function costWithoutUsage(
  { provider }: Endpoint,
  exchange: Exchange,
  { stream }: AttemptCostContext,
): AttemptCost {
  if (exchange.status >= 400 || !exchange.wasSent) return free
  const missing = exchange.usageIsInvalid ? 'usage_invalid' : 'usage_missing'
  const isOurs = isAbandoned(exchange) && !exchange.usageIsInvalid
  const unknownReason = isOurs ? abandonedReason({ provider, exchange, stream }) : missing
  return unknownReason === null ? free : { billed: null, source: 'none', unknownReason, local: null }
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
  /** It was given up because another attempt answered; left out: it was not. */
  readonly isLost?: boolean
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
  const answer =
    attempts.find(a => a.isWinner) ?? attempts.find(a => a.failure?.ends === 'canceled' && !a.isLost)
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
