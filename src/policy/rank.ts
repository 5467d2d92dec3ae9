import type { Rng } from '../core/index.ts'
import { drawByShares } from './adaptive.ts'
import type { Contender } from './contender.ts'
import type { QualityTier } from './exacto.ts'
import { drawByPrice } from './load-balance.ts'
import { matchesAnyInTiers, matchesSlug } from './slug.ts'
import { sortEndpoints } from './sort-endpoints.ts'
import type { Candidate, PolicySettings, RouteRequest, SortMetric, Strategy } from './types.ts'

/** Everything the order of some endpoints depends on. */
export interface RankOptions {
  /** Endpoints of one model, or of all when the request sorts them together. */
  readonly contenders: readonly Contender[]
  readonly request: RouteRequest
  /** Of the request, or what the model's variant stands for; null: nothing is sorted. */
  readonly sort: SortMetric | null
  readonly settings: PolicySettings
  /** Whether the conversation is pinned to the endpoint. */
  readonly isPinned: (endpointId: string) => boolean
  /** Judged among the endpoints of its model. */
  readonly qualityOf: (contender: Contender) => QualityTier
  readonly affinityKey: string | null
  readonly rng: Rng
}

/** An order, and what decided its head. */
export interface Ranked {
  readonly strategy: Strategy
  readonly ranked: readonly Candidate[]
}

/**
 * Orders endpoints that may serve and says why each one stands where it does. Precedence: `order` > a service tier that
 * was asked for > `sort` or variant > tool-call quality > pin > load balancing (docs/routing.md). Pure.
 */
export function rankEndpoints(options: RankOptions): Ranked {
  const { contenders, request, sort } = options
  if (request.preferences.order.length > 0) return rankByOrder(options)
  const { tier } = request
  if (tier !== 'flex' && tier !== 'priority') return rankPlainly(options)
  const asked = contenders.filter(({ endpoint }) => endpoint.tier === tier)
  const others = contenders.filter(({ endpoint }) => endpoint.tier !== tier)
  if (asked.length === 0) return rankPlainly(options)
  // The tiers' own orders (router contract, section 4.7).
  const tierSort = sort ?? (tier === 'priority' ? 'throughput' : 'price')
  const head = withPinFirst({ ...options, contenders: asked, sort: tierSort })
  return followedBy(head, rankPlainly({ ...options, contenders: others }))
}

function followedBy(head: Ranked, rest: Ranked): Ranked {
  const strategy = head.ranked.length > 0 ? head.strategy : rest.strategy
  return { strategy, ranked: [...head.ranked, ...rest.ranked] }
}

function rankByOrder(options: RankOptions): Ranked {
  const { contenders, request, settings, isPinned } = options
  const listed: { readonly contender: Contender; readonly place: number }[] = []
  const rest: Contender[] = []
  for (const contender of contenders) {
    const place = placeOf(contender, request)
    if (place < 0) rest.push(contender)
    else listed.push({ contender, place })
  }
  listed.sort(
    (a, b) =>
      a.place - b.place ||
      tierPlace(a.contender) - tierPlace(b.contender) ||
      a.contender.price - b.contender.price,
  )
  const ranked = listed.map(({ contender: { endpoint }, place }) => ({
    endpoint,
    score: place,
    reason: `place ${place + 1} in provider.order`,
  }))
  const mayPin = ({ contender: { endpoint, band } }: { readonly contender: Contender }) =>
    settings.stickyWithinOrder && band < 2 && isPinned(endpoint.id)
  const pinned = listed.find(mayPin)?.contender
  const head: Ranked = pinned
    ? {
        strategy: 'sticky',
        ranked: [pinnedCandidate(pinned), ...ranked.filter(c => c.endpoint !== pinned.endpoint)],
      }
    : { strategy: 'order', ranked }
  return rest.length === 0
    ? head
    : followedBy(head, rankPlainly({ ...options, contenders: rest, isPinned: () => false }))
}

/** A base slug names the tier that the request asks for; other tiers are named by their own slug only. */
function placeOf({ endpoint }: Contender, { preferences: { order }, tier }: RouteRequest): number {
  const matches =
    endpoint.tier === tier
      ? (slug: string) => matchesAnyInTiers(endpoint, [slug])
      : (slug: string) => matchesSlug(endpoint, slug)
  return order.findIndex(matches)
}

/** One slug may name a tier and the default of a provider: the tier was asked for, so it goes first. */
function tierPlace({ endpoint }: Contender): number {
  return endpoint.tier === 'default' ? 1 : 0
}

function rankPlainly(options: RankOptions): Ranked {
  const { contenders, sort, qualityOf, settings, request } = options
  if (sort !== null) return strictly(options, sort)
  if (!settings.autoExacto || !request.parameters.includes('tools')) return withPinFirst(options)
  const tiers = ([0, 1, 2] as const).map(tier =>
    contenders.filter(contender => qualityOf(contender) === tier),
  )
  const [best = [], ...worse] = tiers.filter(tier => tier.length > 0)
  if (worse.length === 0) return withPinFirst(options)
  const head = withPinFirst({ ...options, contenders: best })
  const rest = worse.flatMap(
    tier => withPinFirst({ ...options, contenders: tier, isPinned: () => false }).ranked,
  )
  return { strategy: head.strategy === 'sticky' ? 'sticky' : 'exacto', ranked: [...head.ranked, ...rest] }
}

function strictly({ contenders, qualityOf }: RankOptions, metric: SortMetric): Ranked {
  const strategy = metric === 'exacto' ? 'exacto' : 'sort'
  return { strategy, ranked: sortEndpoints(contenders, { metric, qualityOf }) }
}

/** The pinned endpoint, unless it is in trouble, and then the others by `sort` or balanced. */
function withPinFirst(options: RankOptions): Ranked {
  const { contenders, isPinned } = options
  const pinned = contenders.find(({ endpoint, band }) => band < 2 && isPinned(endpoint.id))
  if (!pinned) return balance(options)
  const rest = balance({ ...options, contenders: contenders.filter(contender => contender !== pinned) })
  return { strategy: 'sticky', ranked: [pinnedCandidate(pinned), ...rest.ranked] }
}

function pinnedCandidate({ endpoint, price }: Contender): Candidate {
  return { endpoint, score: price, reason: 'pinned to this conversation' }
}

function balance(options: RankOptions): Ranked {
  const { contenders, sort, settings } = options
  if (sort !== null) return strictly(options, sort)
  return settings.strategy === 'adaptive'
    ? { strategy: 'adaptive', ranked: drawByShares(contenders, options) }
    : { strategy: 'price-weighted', ranked: drawByPrice(contenders, options) }
}
