import type { Price } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import type { Usage } from './usage.ts'

/** What one answer cost and what caching did to that. */
export interface Cost {
  readonly total: PicoUsd
  /** The same tokens at the plain input price. */
  readonly withoutCache: PicoUsd
  /** `withoutCache − total`: positive when reads saved money, negative when writes cost extra. */
  readonly cacheDiscount: PicoUsd
}

/**
 * Prices one answer: `(input − read − write)·p + read·p_read + write·p_write + output·p_out + request fee`.
 *
 * A token class without a price of its own is billed at the input price ("no write charge" means ordinary
 * input, not free). Pure and exact.
 *
 * @throws RangeError when more tokens were cached and written than came in; wires make such usage unknown.
 */
export function costOf(price: Price, usage: Usage): Cost {
  const read = BigInt(usage.cacheReadTokens)
  const written = BigInt(usage.cacheWriteTokens)
  const input = BigInt(usage.inputTokens)
  if (read + written > input) throw new RangeError('the usage has more cached and written tokens than input')
  const rest = price.output * BigInt(usage.outputTokens) + price.request
  const withoutCache = input * price.input + rest
  const total =
    (input - read - written) * price.input +
    read * (price.cacheRead ?? price.input) +
    written * (price.cacheWrite ?? price.input) +
    rest
  return { total, withoutCache, cacheDiscount: withoutCache - total }
}
