import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import { type Pin, pinTtlMs, readPin } from './pin.ts'
import type { StickyOutcomeOptions } from './sticky-outcome.ts'

/**
 * The pin that remembers which model of a pool a conversation has used; null: nothing to remember. A conversation that
 * the caller did not name has to use a cache first, as with endpoints; prices do not matter. Pure.
 */
export function poolPinAfter(served: Endpoint, options: StickyOutcomeOptions): Pin | null {
  const { plan, request, poolPin, usedCache, nowNs } = options
  const isOfPool = request.models.some(
    ({ modelId, pool }) => modelId === served.modelId && pool !== undefined,
  )
  const isActive = plan.conversation?.isExplicit || usedCache || readPin(poolPin, nowNs).kind === 'live'
  if (plan.conversation === null || !isOfPool || !isActive || !request.preferences.sticky) return null
  return {
    endpointId: served.id,
    untilNs: nowNs + pinTtlMs(served, options.settings, options.hasHourMark) * nsPerMs,
  }
}
