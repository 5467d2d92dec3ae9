import type { Endpoint } from '../catalog/index.ts'
import { nsPerMs, type Rng } from '../core/index.ts'
import { type Contender, healthBandOf } from './contender.ts'
import { type QualityTier, qualityTiers } from './exacto.ts'
import { filterEndpoints } from './filters.ts'
import { blendedPrice } from './price.ts'
import { type Ranked, rankEndpoints } from './rank.ts'
import { missedCutoff } from './thresholds.ts'
import type {
  Access,
  Candidate,
  Decision,
  EndpointHealth,
  Exclusion,
  ModelCandidate,
  PolicySettings,
  RouteRequest,
  SortMetric,
  Strategy,
} from './types.ts'

/** Everything a decision depends on. */
export interface DecideOptions {
  readonly request: RouteRequest
  /** Endpoints of a model of the catalogue. */
  readonly endpointsOf: (modelId: string) => readonly Endpoint[]
  readonly access: (endpoint: Endpoint) => Access
  readonly settings: PolicySettings
  readonly health: (endpointId: string) => EndpointHealth
  /** Endpoint that this conversation is pinned to on a model; null: none. */
  readonly pinOf: (modelId: string) => string | null
  /** Names the conversation, so that replicas without shared state choose alike; null: draw by `rng`. */
  readonly affinityKey: string | null
  readonly nowNs: number
  /** Forked by model. */
  readonly rng: Rng
}

/** Version of the policy: changes whenever the same inputs may give another decision. */
const policyVersion = 3

/** A candidate model with the endpoints that passed the filters. */
interface Group {
  readonly model: ModelCandidate
  readonly contenders: readonly Contender[]
  readonly excluded: readonly Exclusion[]
}

/**
 * Decides where a request may go, in which order, and why not elsewhere. Pure.
 *
 * Endpoints of a model stand before those of the next one, unless `sort.partition` puts all together; those that miss
 * a cut-off of the request stand behind all others, of whichever model.
 */
export function decide(options: DecideOptions): Decision {
  const groups = withoutCooling(
    options.request.models.map(model => groupOf(model, options)),
    options,
  )
  const { kept, late } = splitByCutoffs(groups, options.request)
  const first = rankGroups(kept, options, '')
  const last = late === null ? null : rankGroups(late.groups, options, 'late')
  const behind = last?.candidates.map(candidate => withNote(candidate, late?.reasons)) ?? []
  const candidates = [...first.candidates, ...behind]
  const strategies = first.strategies.map(
    (strategy, index) => strategy ?? last?.strategies[index] ?? 'price-weighted',
  )
  const head = candidates[0]?.endpoint.modelId
  const strategy = strategies[groups.findIndex(({ model }) => model.modelId === head)] ?? 'price-weighted'
  const models = groups.map(({ model, excluded }, index) => ({
    model,
    strategy: strategies[index] ?? 'price-weighted',
    ranked: groups.length === 1 ? candidates : candidates.filter(c => c.endpoint.modelId === model.modelId),
    excluded,
  }))
  return { policy: `${strategy}@${policyVersion}`, candidates, models }
}

function groupOf(model: ModelCandidate, options: DecideOptions): Group {
  const { settings, health } = options
  const { kept, excluded } = filterEndpoints({
    ...options,
    model,
    endpoints: options.endpointsOf(model.modelId),
  })
  const contenders = kept.map(endpoint => {
    const state = health(endpoint.id)
    const price = blendedPrice(endpoint, settings.completionPriceWeight)
    return { endpoint, health: state, price, band: healthBandOf(state, settings) }
  })
  return { model, contenders, excluded }
}

/**
 * Excludes endpoints in cool-down. When all that passed the filters are cooling, the one whose cool-down ends first
 * stays, so that an outage costs one attempt a request and not one for each endpoint.
 */
function withoutCooling(groups: readonly Group[], { nowNs }: DecideOptions): readonly Group[] {
  const isCooling = ({ health }: Contender) => health.coolDownUntilNs > nowNs
  const all = groups.flatMap(({ contenders }) => contenders)
  if (!all.some(isCooling)) return groups
  const lastResort = all.every(isCooling)
    ? all.reduce((a, b) => (b.health.coolDownUntilNs < a.health.coolDownUntilNs ? b : a))
    : null
  const stays = (contender: Contender) => contender === lastResort || !isCooling(contender)
  return groups.map(({ model, contenders, excluded }) => ({
    model,
    contenders: contenders.filter(stays),
    excluded: [...excluded, ...contenders.filter(c => !stays(c)).map(c => coolingExclusion(c, nowNs))],
  }))
}

function coolingExclusion({ endpoint, health }: Contender, nowNs: number): Exclusion {
  const leftMs = Math.ceil((health.coolDownUntilNs - nowNs) / nsPerMs)
  return { endpoint, rule: 'cool_down', detail: `in cool-down for another ${leftMs} ms` }
}

interface Late {
  readonly groups: readonly Group[]
  /** Which cut-off an endpoint misses, by its id. */
  readonly reasons: ReadonlyMap<string, string>
}

function splitByCutoffs(
  groups: readonly Group[],
  { preferences }: RouteRequest,
): { readonly kept: readonly Group[]; readonly late: Late | null } {
  if (preferences.minThroughput === null && preferences.maxLatencyMs === null)
    return { kept: groups, late: null }
  const reasons = new Map<string, string>()
  for (const { endpoint, health } of groups.flatMap(({ contenders }) => contenders)) {
    const missed = missedCutoff(health, preferences)
    if (missed !== null) reasons.set(endpoint.id, missed)
  }
  if (reasons.size === 0) return { kept: groups, late: null }
  const only = (isLate: boolean) =>
    groups.map(group => ({
      ...group,
      contenders: group.contenders.filter(({ endpoint }) => reasons.has(endpoint.id) === isLate),
    }))
  return { kept: only(false), late: { groups: only(true), reasons } }
}

function withNote(candidate: Candidate, reasons: Late['reasons'] | undefined): Candidate {
  return {
    ...candidate,
    reason: `${candidate.reason}; behind the others: ${reasons?.get(candidate.endpoint.id)}`,
  }
}

interface RankedGroups {
  readonly candidates: readonly Candidate[]
  /** By group; null: it had nothing to rank. */
  readonly strategies: readonly (Strategy | null)[]
}

/** `label` keeps the draws apart. */
function rankGroups(groups: readonly Group[], options: DecideOptions, label: string): RankedGroups {
  const { request, pinOf } = options
  if (request.preferences.partition === 'none' && groups.length > 1) {
    const pins = new Set(groups.map(({ model }) => pinOf(model.modelId)))
    const contenders = groups.flatMap(group => group.contenders)
    const ranked = rankOne({ groups, contenders, isPinned: id => pins.has(id), label: `${label}*` }, options)
    return { candidates: ranked.ranked, strategies: groups.map(() => ranked.strategy) }
  }
  const ranked = groups.map(group => {
    if (group.contenders.length === 0) return null
    const pin = pinOf(group.model.modelId)
    const { contenders, model } = group
    return rankOne(
      { groups: [group], contenders, isPinned: id => id === pin, label: label + model.modelId },
      options,
    )
  })
  return {
    candidates: ranked.flatMap(order => order?.ranked ?? []),
    strategies: ranked.map(order => order?.strategy ?? null),
  }
}

interface Pool {
  /** The models whose endpoints are ranked together; the first one's variant counts. */
  readonly groups: readonly Group[]
  readonly contenders: readonly Contender[]
  readonly isPinned: (endpointId: string) => boolean
  readonly label: string
}

function rankOne(pool: Pool, options: DecideOptions): Ranked {
  const { request, settings, affinityKey, rng } = options
  const sort = request.preferences.sort ?? sortOfVariant(pool.groups[0]?.model.variant ?? null)
  return rankEndpoints({
    ...pool,
    request,
    sort,
    settings,
    qualityOf: qualityIn(options),
    affinityKey,
    rng: rng.fork(pool.label),
  })
}

/** What a variant stands for; the request's own `sort` beats it (docs/routing.md, Precedence). */
function sortOfVariant(variant: ModelCandidate['variant']): SortMetric | null {
  switch (variant) {
    case 'nitro':
      return 'throughput'
    case 'floor':
      return 'price'
    case 'exacto':
      return 'exacto'
    case null:
      return null
  }
}

/** Endpoints are judged among all of their model, also those that this request may not use. Worked out when asked. */
function qualityIn(options: DecideOptions): (contender: Contender) => QualityTier {
  const judges = new Map<string, ReturnType<typeof qualityTiers>>()
  return ({ endpoint: { modelId }, health }) => {
    const judge = judges.get(modelId) ?? qualityTiers(peersOf(modelId, options))
    judges.set(modelId, judge)
    return judge(health)
  }
}

function peersOf(modelId: string, { endpointsOf, health }: DecideOptions) {
  return endpointsOf(modelId).map(endpoint => ({ endpoint, health: health(endpoint.id) }))
}
