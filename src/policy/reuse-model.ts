import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs } from '../core/index.ts'
import { type Pin, pinTtlMs, readPin } from './pin.ts'
import type { StickyOutcomeOptions } from './sticky-outcome.ts'
import type { ModelCandidate } from './types.ts'

/**
 * Puts the model that a conversation has used of a pool before the pool's other candidates, so that it keeps its
 * model while that remains a candidate. Nothing else changes its place. Pure.
 *
 * @param options.usedOf The model that the conversation used last of a pool, by the pool's name; null: none.
 */
export function reuseModels(
  models: readonly ModelCandidate[],
  usedOf: (pool: string) => string | null,
): readonly ModelCandidate[] {
  const pools = new Set(models.filter(({ via }) => via === 'pool').map(({ requested }) => requested))
  return [...pools].reduce((order, pool) => withFirst(order, pool, usedOf(pool)), models)
}

function withFirst(
  models: readonly ModelCandidate[],
  pool: string,
  modelId: string | null,
): readonly ModelCandidate[] {
  const isOfPool = (model: ModelCandidate) => model.via === 'pool' && model.requested === pool
  const used = models.find(model => isOfPool(model) && model.modelId === modelId)
  if (!used) return models
  const place = models.findIndex(isOfPool)
  return models.filter(model => model !== used).toSpliced(place, 0, used)
}

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
