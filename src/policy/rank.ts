import type { Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import { type FilterOptions, filterEndpoints } from './filters.ts'
import { drawByPrice } from './load-balance.ts'
import { blendedPrice } from './price.ts'
import { matchesSlug } from './slug.ts'
import type { Candidate, EndpointHealth, ModelCandidate, PolicySettings, Ranking } from './types.ts'

/** Everything a ranking depends on. */
export interface RankOptions extends FilterOptions {
  readonly model: ModelCandidate
  readonly health: (endpointId: string) => EndpointHealth
  /** Endpoint that this conversation is pinned to; null: none. */
  readonly sticky: string | null
  readonly nowNs: number
  readonly rng: Rng
}

/**
 * Ranks the endpoints of one model for one request and says why each one stands where it does.
 *
 * Order of precedence: `order` > `sort` > sticky > price-weighted load balancing. Within `sort` and load
 * balancing, endpoints with a recent outage come after stable ones; endpoints in cool-down come last of all,
 * but are never removed. Pure: takes at most one draw from `rng`.
 */
export function rankEndpoints(unseen: RankOptions): Ranking {
  const { kept, excluded } = filterEndpoints(unseen)
  const options = { ...unseen, health: onceEach(unseen.health) }
  const isCooling = (e: Endpoint) => options.health(e.id).coolDownUntilNs > options.nowNs
  const ready = kept.filter(e => !isCooling(e))
  const { strategy, ranked } = rankReady(ready, options)
  return {
    model: options.model,
    strategy,
    ranked: [...ranked, ...rankCooling(kept.filter(isCooling), options)],
    excluded,
  }
}

/** Reads each endpoint once, so that a ranking is fast and cannot contradict itself. */
function onceEach(health: RankOptions['health']): RankOptions['health'] {
  const seen = new Map<string, EndpointHealth>()
  return endpointId => {
    const known = seen.get(endpointId) ?? health(endpointId)
    seen.set(endpointId, known)
    return known
  }
}

/** Whether the endpoint had no significant outage in the window. Pure. */
function isStable(health: EndpointHealth, settings: PolicySettings): boolean {
  const { recentErrors, recentSuccesses } = health
  return recentErrors === 0 || recentErrors / (recentErrors + recentSuccesses) < settings.outageErrorRatio
}

function rankReady(ready: readonly Endpoint[], options: RankOptions): Omit<Ranking, 'excluded' | 'model'> {
  const { order, sort } = options.request.preferences
  if (order.length > 0) return { strategy: 'order', ranked: rankByOrder(ready, options) }
  if (sort !== null) return { strategy: 'sort', ranked: rankBySort(ready, options) }
  const pinned = ready.find(e => e.id === options.sticky)
  if (pinned && isStable(options.health(pinned.id), options.settings)) {
    const score = priceOf(options)(pinned)
    const head = { endpoint: pinned, score, reason: 'pinned to this conversation' }
    const rest = ready.filter(e => e !== pinned)
    return { strategy: 'sticky', ranked: [head, ...balance(rest, options)] }
  }
  return { strategy: 'price-weighted', ranked: balance(ready, options) }
}

function rankByOrder(ready: readonly Endpoint[], options: RankOptions): readonly Candidate[] {
  const { order } = options.request.preferences
  const price = priceOf(options)
  const placeOf = (e: Endpoint) => order.findIndex(slug => matchesSlug(e, slug))
  const listed = ready
    .filter(e => placeOf(e) >= 0)
    .toSorted((a, b) => placeOf(a) - placeOf(b) || price(a) - price(b))
    .map(e => ({ endpoint: e, score: placeOf(e), reason: `place ${placeOf(e) + 1} in provider.order` }))
  const rest = ready.filter(e => placeOf(e) < 0)
  return [...listed, ...balance(rest, options)]
}

function rankBySort(ready: readonly Endpoint[], options: RankOptions): readonly Candidate[] {
  const { sort } = options.request.preferences
  const price = priceOf(options)
  const stable = (e: Endpoint) => isStable(options.health(e.id), options.settings)
  /** Smaller is better; an endpoint without data comes after those with data. */
  const metric = (e: Endpoint): number => {
    if (sort === 'price') return price(e)
    const { ttftMs, tokensPerSecond } = options.health(e.id)
    if (sort === 'latency') return ttftMs?.p50 ?? Number.POSITIVE_INFINITY
    return tokensPerSecond === null ? Number.POSITIVE_INFINITY : -tokensPerSecond.p50
  }
  return ready
    .toSorted(
      (a, b) => Number(stable(b)) - Number(stable(a)) || compare(metric(a), metric(b)) || price(a) - price(b),
    )
    .map(endpoint => {
      const value = metric(endpoint)
      const reason = `by ${sort}${stable(endpoint) ? '' : ', after a recent outage'}`
      return Number.isFinite(value)
        ? { endpoint, score: Math.abs(value), reason }
        : { endpoint, score: 0, reason: `${reason}, no data yet` }
    })
}

function balance(endpoints: readonly Endpoint[], options: RankOptions): readonly Candidate[] {
  const priced = endpoints.map(endpoint => ({
    endpoint,
    price: priceOf(options)(endpoint),
    stable: isStable(options.health(endpoint.id), options.settings),
  }))
  return drawByPrice(priced, options.rng)
}

function rankCooling(cooling: readonly Endpoint[], options: RankOptions): readonly Candidate[] {
  const until = (e: Endpoint) => options.health(e.id).coolDownUntilNs
  return cooling
    .toSorted((a, b) => until(a) - until(b))
    .map(endpoint => ({ endpoint, score: priceOf(options)(endpoint), reason: 'last resort, in cool-down' }))
}

function priceOf({ settings }: RankOptions): (endpoint: Endpoint) => number {
  return endpoint => blendedPrice(endpoint, settings.completionPriceWeight)
}

/** Like subtraction, but equal infinities are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}
