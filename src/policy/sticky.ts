import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import type { ProviderPreferences, Ranking } from './types.ts'

/** What names the conversation, and where that name came from. */
export interface StickyKey {
  readonly value: string
  readonly source: 'session_id' | 'x-session-id'
}

/** A conversation's endpoint, remembered until it has been idle for the time to live. */
export interface Pin {
  readonly endpointId: string
  /** Monotonic nanoseconds. */
  readonly untilNs: number
}

/** A pin as it stands at one instant. */
export type PinState =
  | { readonly kind: 'none' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'live'; readonly endpointId: string }

/** What sticky routing did for a request; the names that records use. */
export type StickyResult = 'none' | 'new' | 'kept' | 'moved_fault' | 'moved_policy' | 'expired'

/**
 * The sticky key of a request: the body's `session_id` beats the `x-session-id` header.
 * null when there is none, or when `order` or `sort` decide the provider anyway. Pure.
 */
export function stickyKeyOf(request: {
  readonly bodySessionId: string
  readonly headerSessionId: string
  readonly preferences: ProviderPreferences
}): StickyKey | null {
  const { bodySessionId, headerSessionId, preferences } = request
  if (preferences.order.length > 0 || preferences.sort !== null) return null
  if (bodySessionId !== '') return { value: bodySessionId, source: 'session_id' }
  return headerSessionId === '' ? null : { value: headerSessionId, source: 'x-session-id' }
}

/** Reads a pin at `nowNs`. Pure. */
export function readPin(pin: Pin | undefined, nowNs: number): PinState {
  if (!pin) return { kind: 'none' }
  return nowNs >= pin.untilNs ? { kind: 'expired' } : { kind: 'live', endpointId: pin.endpointId }
}

/**
 * The pin after a successful answer: on the endpoint that gave it, for another `ttlMs`.
 * null when its cache reads are no cheaper than its input, so that staying would gain nothing; an older pin
 * then stays as it is. Errors never come here: they do not refresh a pin. Pure.
 */
export function pinAfterSuccess(served: Endpoint, nowNs: number, ttlMs: number): Pin | null {
  const { cacheRead, input } = served.price
  if (cacheRead === null || cacheRead >= input) return null
  return { endpointId: served.id, untilNs: nowNs + ttlMs * nsPerMs }
}

/**
 * Names what happened to the conversation's pin. Without an answer it is `none`: nothing was kept or moved.
 *
 * @param options.pin The pin of the first candidate model when the request came in.
 * @param options.pinned Whether the answer set a pin.
 */
export function stickyResultOf(options: {
  readonly pin: PinState
  readonly ranking: Ranking | undefined
  readonly served: Endpoint | null
  readonly pinned: boolean
}): StickyResult {
  const { pin, served, ranking, pinned } = options
  if (served === null) return 'none'
  if (pin.kind === 'expired') return 'expired'
  if (pin.kind === 'none') return pinned ? 'new' : 'none'
  if (served.id === pin.endpointId) return 'kept'
  return ranking?.ranked.some(c => c.endpoint.id === pin.endpointId) ? 'moved_fault' : 'moved_policy'
}
