import type { Catalog, Endpoint, Model } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import { allowsModel } from './access-rules.ts'
import { matchesAnyGlob, matchesGlob } from './glob.ts'
import { supports } from './parameters.ts'
import { blendedPrice } from './price.ts'
import type { ModelPool } from './routing-tables.ts'
import type { AccessRules, ExclusionRule } from './types.ts'

/** What a model of a pool has to do for a request. */
export interface ModelNeeds {
  /** Names of body fields. */
  readonly parameters: readonly string[]
  /** Kinds of input besides text. */
  readonly modalities: readonly string[]
  /** Tokens of prompt and answer together; left out: not known. */
  readonly contextTokens?: number
}

/** Bands of price, cheapest first; each leaves the cheaper ones out too (OpenRouter's page on the auto router). */
export const costTiers = ['low', 'medium', 'high', 'xhigh', 'max'] as const
type CostTier = (typeof costTiers)[number]

/** What a request says of the models of `openrouter/auto`. */
export interface AutoWishes {
  /** Globs; empty: all. */
  readonly allowedModels: readonly string[]
  /** Globs; wins over `allowedModels`. */
  readonly excludedModels: readonly string[]
  /** null: any. */
  readonly costTier: CostTier | null
}

/** What picking depends on. */
export interface PickOptions {
  readonly catalog: Catalog
  readonly needs: ModelNeeds
  readonly rng: Rng
  /** Of the caller's account and key. */
  readonly rules: AccessRules
  /** Whether the router could call an endpoint at all. */
  readonly canServe: (endpoint: Endpoint) => boolean
  /** null: the request says nothing. */
  readonly wishes: AutoWishes | null
  /** The model that the conversation uses already: it stays the first as long as it passes. null: none. */
  readonly inUse: string | null
}

/** Models in order; when there are none, the rule that removed the last of them. */
export type PoolPick =
  | { readonly ok: true; readonly modelIds: readonly string[] }
  | { readonly ok: false; readonly rule: ExclusionRule | null }

/** The fields that a model of a pool must take; others are dropped where they are not supported, as everywhere. */
const decisive: ReadonlySet<string> = new Set(['tools', 'response_format', 'structured_outputs'])
/** As in load balancing by default; only the order of models depends on it. */
const completionWeight = 0.25

/**
 * Picks the models of a pool that can do what a request needs, are allowed to its caller and can be reached. Pure;
 * draws only for `random`, once per candidate.
 */
export function pickFromPool(pool: ModelPool, options: PickOptions): PoolPick {
  const { needs, rules, canServe, wishes } = options
  const served = (test: (endpoint: Endpoint) => boolean) => (model: Model) => model.endpoints.some(test)
  const steps: readonly (readonly [ExclusionRule | null, (model: Model) => boolean])[] = [
    ['key_models', model => allowsModel(rules, model.id)],
    ['modality', served(endpoint => takesInput(endpoint, needs))],
    [
      'require_parameters',
      served(endpoint => takesInput(endpoint, needs) && takesParameters(endpoint, needs)),
    ],
    ['context_length', served(endpoint => fits(endpoint, needs))],
    ['key_missing', served(endpoint => canServe(endpoint) && fits(endpoint, needs))],
  ]
  let models = wished(listed(pool, options.catalog), wishes)
  let last: ExclusionRule | null = null
  for (const [rule, test] of steps) {
    if (models.length === 0) break
    models = models.filter(test)
    last = rule
  }
  if (models.length === 0) return { ok: false, rule: last }
  const picked = inOrder(models, pool, options.rng).map(({ id }) => id)
  return { ok: true, modelIds: withInUse(picked, models, options.inUse) }
}

function withInUse(
  picked: readonly string[],
  models: readonly Model[],
  inUse: string | null,
): readonly string[] {
  if (inUse === null || models.every(({ id }) => id !== inUse)) return picked
  return [inUse, ...picked.filter(id => id !== inUse)].slice(0, picked.length)
}

/** By the order of the globs, then of the catalogue. */
function listed({ models, exclude }: ModelPool, catalog: Catalog): readonly Model[] {
  const all = [...catalog.models.values()].filter(({ id }) => !matchesAnyGlob(id, exclude))
  return [...new Set(models.flatMap(glob => all.filter(({ id }) => matchesGlob(id, glob))))]
}

function wished(models: readonly Model[], wishes: AutoWishes | null): readonly Model[] {
  if (wishes === null) return models
  const { allowedModels, excludedModels, costTier } = wishes
  const allowed = models
    .filter(({ id }) => allowedModels.length === 0 || matchesAnyGlob(id, allowedModels))
    .filter(({ id }) => !matchesAnyGlob(id, excludedModels))
  if (costTier === null) return allowed
  const band = costTiers.indexOf(costTier)
  const byPrice = allowed.toSorted((a, b) => priceOf(a) - priceOf(b))
  const inBand = new Set(
    byPrice.filter((_, place) => Math.floor((place / byPrice.length) * costTiers.length) === band),
  )
  return allowed.filter(model => inBand.has(model))
}

function takesInput({ inputModalities }: Endpoint, { modalities }: ModelNeeds): boolean {
  return modalities.every(kind => inputModalities.includes(kind))
}

function takesParameters(endpoint: Endpoint, { parameters }: ModelNeeds): boolean {
  return parameters.every(name => !decisive.has(name) || supports(endpoint, name))
}

function fits(endpoint: Endpoint, needs: ModelNeeds): boolean {
  return (
    takesInput(endpoint, needs) &&
    takesParameters(endpoint, needs) &&
    (needs.contextTokens ?? 0) <= endpoint.contextTokens
  )
}

function inOrder(models: readonly Model[], { pick, size }: ModelPool, rng: Rng): readonly Model[] {
  if (pick === 'random') return drawn(models, size, rng)
  const order = pick === 'price' ? models.toSorted((a, b) => priceOf(a) - priceOf(b)) : models
  return order.slice(0, size)
}

function drawn(models: readonly Model[], size: number, rng: Rng): readonly Model[] {
  const left = [...models]
  return Array.from({ length: Math.min(size, models.length) }, () =>
    left.splice(Math.floor(rng.next() * left.length), 1),
  ).flat()
}

/** Of its cheapest endpoint in the default tier, as it is listed. */
function priceOf({ endpoints }: Model): number {
  const prices = endpoints
    .filter(({ tier }) => tier === 'default')
    .map(e => blendedPrice(e, completionWeight, null))
  return Math.min(...prices)
}
