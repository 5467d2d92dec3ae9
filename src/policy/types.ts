import type { Endpoint } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'

/** Cut-offs at quantiles; null: none. `p90` of a throughput is what 90 % of requests do better than. */
export interface Cutoffs {
  readonly p50: number | null
  readonly p75: number | null
  readonly p90: number | null
  readonly p99: number | null
}

/** Metrics by which a request can have endpoints sorted. */
export type SortMetric = 'price' | 'throughput' | 'latency' | 'exacto'

/** The `provider` object of a request, parsed. Lists hold provider or endpoint slugs in lower case. */
export interface ProviderPreferences {
  readonly order: readonly string[]
  readonly only: readonly string[]
  readonly ignore: readonly string[]
  readonly allowFallbacks: boolean
  /** `sticky: false`, a field of ours: the conversation is not kept at an endpoint. */
  readonly sticky: boolean
  readonly requireParameters: boolean
  readonly denyDataCollection: boolean
  /** `zdr: true`: only endpoints that keep nothing. */
  readonly denyRetention: boolean
  /** `enforce_distillable_text: true`: only endpoints whose answers may train other models. */
  readonly requireDistillable: boolean
  /** Numeric formats that may serve; empty: any. */
  readonly quantizations: readonly string[]
  /** Highest prices in pico-USD: `prompt` and `completion` per million tokens, the others per unit; null: no limit. */
  readonly maxPrice: Readonly<Record<'prompt' | 'completion' | 'request' | 'image' | 'audio', PicoUsd | null>>
  readonly sort: SortMetric | null
  /** `model`: the endpoints of one model before those of the next; `none`: all together. */
  readonly partition: 'model' | 'none'
  /** Tokens a second; endpoints below it go to the end. */
  readonly minThroughput: Cutoffs | null
  /** Milliseconds to the first token; endpoints above it go to the end, behind those of other models too. */
  readonly maxLatencyMs: Cutoffs | null
  /** Fields that were not understood and had no effect. Recorded, never silent. */
  readonly ignoredFields: readonly string[]
}

/** What an account or a key allows, whatever a request asks for. Allow-lists intersect, everything else adds up. */
export interface AccessRules {
  /** Globs over model ids; null: all. */
  readonly models: readonly string[] | null
  /** Provider or endpoint slugs; null: all. */
  readonly only: readonly string[] | null
  readonly ignore: readonly string[]
  readonly denyDataCollection: boolean
  readonly denyRetention: boolean
  /** Regions of endpoints, such as `eu`; null: all. */
  readonly regions: readonly string[] | null
  /** Rules whose allow-lists hold besides: those of the account beside those of a key. */
  readonly also?: AccessRules
}

/** Nothing is forbidden. */
export const noAccessRules: AccessRules = Object.freeze({
  models: null,
  only: null,
  ignore: [],
  denyDataCollection: false,
  denyRetention: false,
  regions: null,
})

/** A model that may serve a request, and how the request's words led to it. */
export interface ModelCandidate {
  readonly modelId: string
  /** As the request named it: `openai/gpt-5.5:nitro`, `openrouter/auto`. */
  readonly requested: string
  readonly via: 'direct' | 'variant' | 'alias' | 'pool' | 'rule'
  /** Pool that it was picked from, also when the pool was named by an alias or a rule; left out: none. */
  readonly pool?: string
  /** `:nitro` sorts by throughput and admits priority endpoints, `:floor` by price and admits flex ones. */
  readonly variant: 'nitro' | 'floor' | 'exacto' | null
}

/** What routing needs to know of a request; never its content. */
export interface RouteRequest {
  /** Candidate models in order: `model` first, then `models`, each resolved. */
  readonly models: readonly ModelCandidate[]
  readonly preferences: ProviderPreferences
  /** Of account and key together. */
  readonly rules: AccessRules
  /** Names of the body fields that an endpoint may or may not support. */
  readonly parameters: readonly string[]
  /** Kinds of input besides text: `image`, `file`, `audio`, `video`. */
  readonly modalities: readonly string[]
  /** Rough prompt length for the context filter, in tokens. */
  readonly estimatedInputTokens: number
  readonly maxOutputTokens: number | null
  /** Tier asked for by `service_tier`; `default` only when asked for by name; null: none was named. */
  readonly tier: 'flex' | 'priority' | 'default' | null
  /** Name of the task rule that matched; null: none. */
  readonly rule: string | null
}

/** Rules that can exclude an endpoint, in the order they are applied. */
export const exclusionRules = [
  'key_models',
  'key_providers',
  'key_region',
  'only',
  'ignore',
  'data_collection',
  'zdr',
  'distillable',
  'quantizations',
  'max_price',
  'require_parameters',
  'tools',
  'response_format',
  'verbosity',
  'modality',
  'context_length',
  'max_tokens',
  'tier',
  'key_missing',
  'order_closed',
  'cool_down',
  'breaker_open',
] as const

export type ExclusionRule = (typeof exclusionRules)[number]

/** An endpoint that may not serve the request, and why. */
export interface Exclusion {
  readonly endpoint: Endpoint
  readonly rule: ExclusionRule
  readonly detail: string
}

/** An endpoint that may serve the request, with the reason for its place. */
export interface Candidate {
  readonly endpoint: Endpoint
  /** Blended price, weight or metric that decided its place; meaning depends on `reason`. */
  readonly score: number
  /** Sentence such as `drawn by 1/price², share 0.73`. */
  readonly reason: string
  /** Its circuit breaker when it was decided; left out: closed. */
  readonly breaker?: 'half_open' | 'open'
}

/** What decided the head of a ranking. */
export type Strategy = 'order' | 'sort' | 'exacto' | 'sticky' | 'adaptive' | 'price-weighted'

/** The endpoints of one candidate model, sorted into those that may serve (best first) and those that may not. */
export interface Ranking {
  readonly model: ModelCandidate
  readonly strategy: Strategy
  readonly ranked: readonly Candidate[]
  readonly excluded: readonly Exclusion[]
}

/** Where a request may go: decided once, before its first attempt. */
export interface Decision {
  /** Strategy that decided the first candidate, with the version of the policy: `price-weighted@2`. */
  readonly policy: string
  /** Every endpoint that may be tried, in this order, across models. */
  readonly candidates: readonly Candidate[]
  /** The same by model, with the exclusions, for the explanation. */
  readonly models: readonly Ranking[]
}

/** Whether the router could call an endpoint at all. */
export type Access = 'ready' | 'key_missing'

/** The numbers of the routing policy. */
export interface PolicySettings {
  /** How endpoints are ordered when the request says nothing. */
  readonly strategy: 'price-weighted' | 'adaptive'
  /** Weight of the completion price in the blended price; the prompt price has weight 1. */
  readonly completionPriceWeight: number
  /** Share of errors in the outage window from which an endpoint counts as in outage. */
  readonly outageErrorRatio: number
  /** `soft`: when no endpoint of a model supports tools, the model stays and the field is dropped. */
  readonly toolsFilter: 'soft' | 'hard'
  /** Requests with tools are ordered by tool-call quality unless they are sorted otherwise. */
  readonly autoExacto: boolean
  /** Idle time after which a conversation is no longer pinned. */
  readonly stickyTtlMs: number
  /** `cache`: a pin lives at least as long as the endpoint's cache remembers. */
  readonly stickyTtl: 'fixed' | 'cache'
  /** Whether a conversation may be pinned among the endpoints of `provider.order`. */
  readonly stickyWithinOrder: boolean
}

/**
 * Defaults: contracts of OpenRouter where it documents them, else our choice (docs/routing.md):
 * blended price = prompt + 0.25 · completion; outage = at least one error and half of the window's attempts.
 */
export const defaultPolicySettings: PolicySettings = Object.freeze({
  strategy: 'price-weighted',
  completionPriceWeight: 0.25,
  outageErrorRatio: 0.5,
  toolsFilter: 'soft',
  autoExacto: true,
  stickyTtlMs: 600_000,
  stickyTtl: 'fixed',
  stickyWithinOrder: false,
})
