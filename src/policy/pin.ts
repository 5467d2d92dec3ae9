import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import type { PolicySettings } from './types.ts'

/** Where a conversation is kept, remembered until it has been idle for the time to live. */
export interface Pin {
  readonly endpointId: string
  /** Monotonic nanoseconds. */
  readonly untilNs: number
}

/** A pin as it stands at one instant. */
export type PinState =
  | { readonly kind: 'none' }
  | { readonly kind: 'expired'; readonly endpointId: string }
  | { readonly kind: 'live'; readonly endpointId: string }

/** No pin. */
export const noPin: PinState = Object.freeze({ kind: 'none' })

/** Reads a pin at `nowNs`. Pure. */
export function readPin(pin: Pin | undefined, nowNs: number): PinState {
  if (!pin) return noPin
  return { kind: nowNs >= pin.untilNs ? 'expired' : 'live', endpointId: pin.endpointId }
}

/** Whether staying at an endpoint can save anything: its cache reads are cheaper than its input. Pure. */
export function rewardsStaying({ price }: Endpoint): boolean {
  return price.cacheRead !== null && price.cacheRead < price.input
}

const oneHourMs = 3_600_000

/**
 * How long a pin on an endpoint lives without an answer, in milliseconds: `stickyTtlMs`, and with
 * `stickyTtl: 'cache'` at least as long as its cache remembers, which is an hour for prompts marked so. Pure.
 */
export function pinTtlMs(endpoint: Endpoint, settings: PolicySettings, hasHourMark: boolean): number {
  if (settings.stickyTtl === 'fixed') return settings.stickyTtlMs
  return Math.max(settings.stickyTtlMs, endpoint.cache.ttlSeconds * 1000, hasHourMark ? oneHourMs : 0)
}

/** What a pin depends on after a successful answer. */
export interface AnsweredTurn {
  readonly served: Endpoint
  /** The pin when the request came in. */
  readonly pin: PinState
  /** Whether the caller named the conversation. */
  readonly isExplicit: boolean
  /** Whether the answer read from a cache or wrote to one. */
  readonly usedCache: boolean
  readonly nowNs: number
  readonly ttlMs: number
}

/** The new pin, or why there is none; an older pin then stays as it is. */
export type PinResult = { readonly pin: Pin } | { readonly pin: null; readonly why: string }

/**
 * The pin after a successful answer: on the endpoint that gave it, for another `ttlMs`. Not where staying saves
 * nothing; and a conversation that the caller did not name is pinned only once it has used a cache, and stays pinned
 * from then on. Errors never come here: they do not refresh a pin. Pure.
 */
export function pinAfterSuccess(turn: AnsweredTurn): PinResult {
  const { served, pin, isExplicit, usedCache, nowNs, ttlMs } = turn
  if (!rewardsStaying(served)) return { pin: null, why: 'its cache reads are not cheaper than its input' }
  if (!isExplicit && pin.kind !== 'live' && !usedCache)
    return { pin: null, why: 'waits for the first use of a cache' }
  return { pin: { endpointId: served.id, untilNs: nowNs + ttlMs * nsPerMs } }
}
