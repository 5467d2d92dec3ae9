import type { Endpoint } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import { type Cost, costOf } from '../record/index.ts'
import type { Exchange } from '../wire/index.ts'

/** What one attempt cost. */
export interface AttemptCost {
  /** Billed: as the provider told, else computed here. null: unknown. */
  readonly billed: PicoUsd | null
  /** `none` exactly when `billed` is null. */
  readonly source: 'none' | 'provider' | 'local'
  /** Computed here from the catalogue price; null without usage. */
  readonly local: Cost | null
  /** Parts of `local`. */
  readonly parts: { readonly prompt: PicoUsd; readonly completion: PicoUsd } | null
}

/** Failures before the request can have reached the provider. */
const neverSent: ReadonlySet<string> = new Set(['connection_refused', 'name_not_resolved', 'timeout_connect'])

/**
 * Prices one attempt. Without usage it is free only where nothing can have been billed: the provider refused it
 * with an HTTP error, or no connection came about. Everything else without usage (timeouts, resets, cut streams,
 * cancellations) is unknown, never zero. Pure.
 */
export function attemptCost(endpoint: Endpoint, exchange: Exchange): AttemptCost {
  const { usage } = exchange
  if (!usage) {
    const isFree = exchange.status >= 400 || wasNeverSent(exchange)
    return { billed: isFree ? 0n : null, source: isFree ? 'local' : 'none', local: null, parts: null }
  }
  const local = costOf(endpoint.price, usage)
  const prompt = costOf(endpoint.price, { ...usage, outputTokens: 0 }).total
  return {
    billed: usage.reportedCost ?? local.total,
    source: usage.reportedCost === null ? 'local' : 'provider',
    local,
    parts: { prompt, completion: local.total - prompt },
  }
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
