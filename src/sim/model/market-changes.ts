import type { Endpoint, Price } from '../../catalog/index.ts'
import type { PicoUsd } from '../../core/index.ts'
import { isAbout } from './regimes.ts'

/** Something about an endpoint that is not as the catalogue says from an instant of the run on. */
export type MarketChange = {
  readonly provider: string
  /** Model id; null: every model of the provider. */
  readonly model: string | null
  /** Real milliseconds after the start of the script. */
  readonly atMs: number
} & (
  | {
      /** Another price; what is null stays as it was. Pico-USD per token. */
      readonly kind: 'price'
      readonly input: PicoUsd | null
      readonly output: PicoUsd | null
      readonly cacheRead: PicoUsd | null
      readonly cacheWrite: PicoUsd | null
    }
  /** The provider does not serve the model any more. */
  | { readonly kind: 'withdrawn' }
  /**
   * Another model answers under the same name. Reached in a straight line over `overMs`; 0: at once.
   * Right answers and decode speed are multiplied by the factors, the time to the first token is divided.
   */
  | {
      readonly kind: 'swapped'
      readonly qualityFactor: number
      readonly speedFactor: number
      readonly overMs: number
    }
  /** A shorter context. */
  | { readonly kind: 'context'; readonly contextTokens: number }
)

/** What holds at an endpoint at an instant. */
export interface Conditions {
  /** The endpoint with its present price and context. */
  readonly endpoint: Endpoint
  readonly isWithdrawn: boolean
  /** The share of right answers is multiplied by this; 1: as its model's. */
  readonly qualityFactor: number
  /** Speeds are multiplied by this; 1: as calibrated. */
  readonly speedFactor: number
}

/** What holds at an endpoint, after all changes up to now in the order of their times. Pure. */
export function conditionsAt(
  changes: readonly MarketChange[],
  endpoint: Endpoint,
  elapsedMs: number,
): Conditions {
  const asListed: Conditions = { endpoint, isWithdrawn: false, qualityFactor: 1, speedFactor: 1 }
  if (changes.length === 0) return asListed
  return changes
    .filter(change => change.atMs <= elapsedMs && isAbout(change, endpoint))
    .toSorted((a, b) => a.atMs - b.atMs)
    .reduce((now, change) => changed(now, change, elapsedMs), asListed)
}

function changed(now: Conditions, change: MarketChange, elapsedMs: number): Conditions {
  switch (change.kind) {
    case 'price':
      return { ...now, endpoint: { ...now.endpoint, price: priceAfter(now.endpoint.price, change) } }
    case 'withdrawn':
      return { ...now, isWithdrawn: true }
    case 'context':
      return { ...now, endpoint: { ...now.endpoint, contextTokens: change.contextTokens } }
    case 'swapped': {
      const { overMs, atMs } = change
      const share = overMs === 0 ? 1 : Math.min(1, (elapsedMs - atMs) / overMs)
      return {
        ...now,
        qualityFactor: now.qualityFactor * (1 + share * (change.qualityFactor - 1)),
        speedFactor: now.speedFactor * (1 + share * (change.speedFactor - 1)),
      }
    }
  }
}

function priceAfter(price: Price, change: MarketChange & { kind: 'price' }): Price {
  const { input, output, cacheRead, cacheWrite, atMs } = change
  return {
    ...price,
    input: input ?? price.input,
    output: output ?? price.output,
    cacheRead: cacheRead ?? price.cacheRead,
    cacheWrite: cacheWrite ?? price.cacheWrite,
    version: `${price.version}+changed@${atMs}ms`,
  }
}
