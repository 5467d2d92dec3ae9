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
    /** Globs over the requested models, of which one has to match; empty: any. */
    readonly models: readonly string[]
  }
  /** Candidate models instead of the requested ones; empty: those requested. */
  readonly models: readonly string[]
  /** Fields of a `provider` object, for those that the request leaves open. */
  readonly provider: Readonly<Record<string, unknown>>
}

/** What an operator declares about names and tasks. */
export interface RoutingTables {
  /** A pool of the same id replaces a built-in one. */
  readonly pools: readonly ModelPool[]
  /** Other names of models; the target may have a variant, or be a pool or another alias. */
  readonly aliases: ReadonlyMap<string, string>
  readonly rules: readonly TaskRule[]
}

/** Nothing declared. */
export const noRoutingTables: RoutingTables = Object.freeze({ pools: [], aliases: new Map(), rules: [] })

/**
 * The pools that exist without being declared. `openrouter/auto` is our own, since OpenRouter's choice rests on what
 * its users spend: the cheapest models that can do what the request needs. `openrouter/free` draws evenly, as theirs.
 */
export const builtInPools: readonly ModelPool[] = Object.freeze([
  { id: 'openrouter/auto', models: ['*'], exclude: ['*:*'], pick: 'price', size: 3 },
  { id: 'openrouter/free', models: ['*:free'], exclude: [], pick: 'random', size: 3 },
])
