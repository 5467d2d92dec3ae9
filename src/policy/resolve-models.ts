import { type Catalog, closestIds, type Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import { latestModel } from './latest-model.ts'
import { type AutoWishes, type ModelNeeds, pickFromPool } from './pick-from-pool.ts'
import { builtInPools, type RoutingTables } from './routing-tables.ts'
import { type AccessRules, type ExclusionRule, type ModelCandidate, noAccessRules } from './types.ts'

/** What resolving names depends on. */
export interface ResolveOptions {
  readonly catalog: Catalog
  readonly tables: RoutingTables
  /** What a chosen model must take; pools filter by it. */
  readonly needs: ModelNeeds
  /** Drawn from by pools that pick at random. */
  readonly rng: Rng
  /** Of the caller's account and key, for pools; left out: all is allowed. */
  readonly rules?: AccessRules
  /** Whether the router could call an endpoint at all, for pools; left out: it could. */
  readonly canServe?: (endpoint: Endpoint) => boolean
  /** What the request says of `openrouter/auto`; left out: nothing. */
  readonly wishes?: AutoWishes | null
  /** The model of a pool that the conversation uses already; null: none. Left out: there is no conversation. */
  readonly modelInUse?: (pool: string) => string | null
}

/** Why a name leads to no model. */
export type NameProblem =
  /** Nothing has this name; `closest` are ids that may have been meant, best first. */
  | { readonly kind: 'unknown'; readonly name: string; readonly closest: readonly string[] }
  /** The model exists, but not for free (any more); `paid` is its id. */
  | { readonly kind: 'free_ended'; readonly name: string; readonly paid: string }
  /** The variant needs something that this router does not have. */
  | { readonly kind: 'unsupported'; readonly name: string; readonly variant: 'online' }
  /** No model of a pool can serve the request; `rule` removed the last ones, null: the pool itself has none. */
  | { readonly kind: 'pool_empty'; readonly name: string; readonly rule: ExclusionRule | null }

/** Candidates, or the first problem that leaves nothing to try. */
export type ResolveResult =
  | {
      readonly ok: true
      readonly models: readonly ModelCandidate[]
      /** Names of a chain that lead nowhere while others do: like any failure of a model, they give way. */
      readonly skipped: readonly NameProblem[]
    }
  | { readonly ok: false; readonly problem: NameProblem }

type Resolved = { readonly models: readonly ModelCandidate[] } | { readonly problem: NameProblem }

const sortVariants = ['nitro', 'floor', 'exacto'] as const
/** Aliases of aliases; deeper is a circle. */
const longestDetour = 8

/**
 * Turns the names of a request into candidate models, each model once. A name is, in this order, the id of a model
 * (static variants such as `:free` are part of it), an alias, a pool, `~author/family-latest`, or one of these with a
 * variant (`:nitro`, `:floor`, `:exacto`). Pure; draws only for random pools.
 *
 * An unknown name or an unsupported variant anywhere refuses the whole request. A free variant that has ended or a
 * pool with nothing to offer does so only when no other name leads to a model.
 */
export function resolveModels(names: readonly string[], options: ResolveOptions): ResolveResult {
  const all = names.map(name => resolveName(name, options, 0))
  const problems = all.flatMap(one => ('problem' in one ? [one.problem] : []))
  const models = onceEach(all.flatMap(one => ('models' in one ? one.models : [])))
  const fatal = problems.find(({ kind }) => kind === 'unknown' || kind === 'unsupported')
  const [problem] = fatal ? [fatal] : models.length === 0 ? problems : []
  return problem ? { ok: false, problem } : { ok: true, models, skipped: problems }
}

function onceEach(models: readonly ModelCandidate[]): readonly ModelCandidate[] {
  const seen = new Map<string, ModelCandidate>()
  for (const model of models) if (!seen.has(model.modelId)) seen.set(model.modelId, model)
  return [...seen.values()]
}

function resolveName(name: string, options: ResolveOptions, detours: number): Resolved {
  const { catalog, tables } = options
  if (catalog.models.has(name)) return found(name, name, 'direct')
  const target = tables.aliases.get(name)
  if (target !== undefined && detours < longestDetour) return throughAlias({ name, target }, options, detours)
  const pool = [...tables.pools, ...builtInPools].find(({ id }) => id === name)
  if (pool) return fromPool(pool, options)
  const newest = latestModel(catalog, name)
  return newest === null ? withVariant(name, options, detours) : found(newest, name, 'alias')
}

function found(modelId: string, requested: string, via: ModelCandidate['via']): Resolved {
  return { models: [{ modelId, requested, via, variant: null }] }
}

function throughAlias(
  { name, target }: { readonly name: string; readonly target: string },
  options: ResolveOptions,
  detours: number,
): Resolved {
  const resolved = resolveName(target, options, detours + 1)
  if ('problem' in resolved) return resolved
  return { models: resolved.models.map(model => aliased(model, name)) }
}

function aliased(model: ModelCandidate, requested: string): ModelCandidate {
  return { ...model, requested, via: model.via === 'pool' ? model.via : 'alias' }
}

function fromPool(pool: (typeof builtInPools)[number], options: ResolveOptions): Resolved {
  const { catalog, needs, rng, rules = noAccessRules, canServe = () => true, wishes = null } = options
  const picked = pickFromPool(pool, {
    catalog,
    needs,
    rng: rng.fork(pool.id),
    rules,
    canServe,
    wishes: pool.id === 'openrouter/auto' ? wishes : null,
    inUse: options.modelInUse?.(pool.id) ?? null,
  })
  if (!picked.ok) return { problem: { kind: 'pool_empty', name: pool.id, rule: picked.rule } }
  const { id } = pool
  return {
    models: picked.modelIds.map(modelId => ({
      modelId,
      requested: id,
      via: 'pool',
      pool: id,
      variant: null,
    })),
  }
}

/** The last variant counts: it is the caller's, an earlier one may come from an alias. */
function withVariant(name: string, options: ResolveOptions, detours: number): Resolved {
  const colon = name.lastIndexOf(':')
  const unknown = (): Resolved => ({
    problem: { kind: 'unknown', name, closest: closestIds(options.catalog, name) },
  })
  if (colon < 0) return unknown()
  const base = resolveName(name.slice(0, colon), options, detours)
  const suffix = name.slice(colon + 1)
  if ('problem' in base) {
    return base.problem.kind === 'unknown' ? { problem: { ...base.problem, name } } : base
  }
  if (suffix === 'online') return { problem: { kind: 'unsupported', name, variant: suffix } }
  const [paid] = base.models
  if (suffix === 'free' && paid) return { problem: { kind: 'free_ended', name, paid: paid.modelId } }
  const variant = sortVariants.find(known => known === suffix)
  if (!variant) return unknown()
  return { models: base.models.map(model => varied(model, name, variant)) }
}

function varied(
  model: ModelCandidate,
  requested: string,
  variant: ModelCandidate['variant'],
): ModelCandidate {
  return { ...model, requested, via: model.via === 'direct' ? 'variant' : model.via, variant }
}
