import type { Catalog } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import type { ModelCandidate } from './types.ts'

/** What resolving names depends on. */
export interface ResolveOptions {
  readonly catalog: Catalog
  readonly tables: RoutingTables
  /** Names of body fields and kinds of input that a chosen model must take; pools filter by them. */
  readonly needs: { readonly parameters: readonly string[]; readonly modalities: readonly string[] }
  /** Drawn from by pools that pick at random. */
  readonly rng: Rng
}

/** A named set of models that requests may ask for like a model: `openrouter/auto`, `openrouter/free`, your own. */
export interface ModelPool {
  readonly id: string
  /** Globs over model ids, in order of preference. */
  readonly models: readonly string[]
  readonly exclude: readonly string[]
  /** `order`: as listed; `price`: cheapest first; `random`: drawn evenly. */
  readonly pick: 'order' | 'price' | 'random'
  /** How many of them become candidates: the first, and fallbacks behind it. */
  readonly size: number
}

/** A rule that sends requests of a task somewhere: configured, never coded. */
export interface TaskRule {
  readonly name: string
  readonly when: {
    /** Globs over the request's task; empty: any. */
    readonly task: readonly string[]
    /** Matches when the request's latency budget is at most this; null: any, also none. */
    readonly latencyBudgetMs: number | null
    /** Globs over the requested models; empty: any. */
    readonly models: readonly string[]
  }
  /** Candidate models instead of the requested ones; empty: those requested. */
  readonly models: readonly string[]
  /** Fields of a `provider` object, for those that the request leaves open. */
  readonly provider: Readonly<Record<string, unknown>>
}

/** What an operator declares about names and tasks. */
export interface RoutingTables {
  readonly pools: readonly ModelPool[]
  /** Other names of models; the target may have a variant. */
  readonly aliases: ReadonlyMap<string, string>
  readonly rules: readonly TaskRule[]
}

/** Nothing declared. */
export const noRoutingTables: RoutingTables = Object.freeze({ pools: [], aliases: new Map(), rules: [] })

/** Candidates, or the first name that means nothing. */
export type ResolveResult =
  | { readonly ok: true; readonly models: readonly ModelCandidate[] }
  | { readonly ok: false; readonly unknown: string }

/** Turns the names of a request into candidate models, each once. Pure; draws only for random pools. */
export function resolveModels(names: readonly string[], { catalog }: ResolveOptions): ResolveResult {
  const unknown = names.find(id => !catalog.models.has(id))
  if (unknown !== undefined) return { ok: false, unknown }
  return {
    ok: true,
    models: names.map(name => ({ modelId: name, requested: name, via: 'direct', variant: null })),
  }
}
