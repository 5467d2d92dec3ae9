import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import { type Pin, pinTtlMs, readPin } from './pin.ts'
import type { StickyOutcomeOptions } from './sticky-outcome.ts'

/**
 * The pin that remembers which model of a pool a conversation has used; null: nothing to remember. A conversation that
 * the caller did not name has to use a cache first, as with endpoints; prices do not matter. Pure.
 *
 * @param options.pin What was remembered before.
 */
export function poolPin(
  options: Pick<
    StickyOutcomeOptions,
    'plan' | 'request' | 'settings' | 'usedCache' | 'hasHourMark' | 'nowNs'
  > & {
    readonly served: Endpoint
    readonly pin: Pin | undefined
  },
): Pin | null {
  const { plan, request, served, usedCache, nowNs } = options
  const isActive = plan.conversation?.isExplicit || usedCache || readPin(options.pin, nowNs).kind === 'live'
  if (!isActive || !request.preferences.sticky) return null
  return {
    endpointId: served.id,
    untilNs: nowNs + pinTtlMs(served, options.settings, options.hasHourMark) * nsPerMs,
  }
}
