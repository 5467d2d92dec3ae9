import type { Endpoint } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'

/** The `provider` object of a request, parsed. Lists hold provider or endpoint slugs in lower case. */
export interface ProviderPreferences {
  readonly order: readonly string[]
  readonly only: readonly string[]
  readonly ignore: readonly string[]
  readonly allowFallbacks: boolean
  readonly requireParameters: boolean
  readonly denyDataCollection: boolean
  /** `zdr: true`: only endpoints that keep nothing. */
  readonly denyRetention: boolean
  /** Numeric formats that may serve; empty: any. */
  readonly quantizations: readonly string[]
  /** Highest price in pico-USD per million tokens; null: no limit. */
  readonly maxPrice: { readonly prompt: PicoUsd | null; readonly completion: PicoUsd | null }
  readonly sort: 'price' | 'throughput' | 'latency' | null
  /** Fields that were understood as soft wishes or not at all, and had no effect. Recorded, never silent. */
  readonly ignoredFields: readonly string[]
}

/** What routing needs to know of a request; never its content. */
export interface RouteRequest {
  /** Candidate models in order: `model` first, then `models`. */
  readonly models: readonly string[]
  readonly preferences: ProviderPreferences
  /** Names of the body fields that an endpoint may or may not support. */
  readonly parameters: readonly string[]
  /** Rough prompt length for the context filter, in tokens. */
  readonly estimatedInputTokens: number
  readonly maxOutputTokens: number | null
}

/** Recent behaviour of one endpoint, as routing sees it. */
export interface EndpointHealth {
  /** Counted failures and successes within the outage window (30 s). */
  readonly recentErrors: number
  readonly recentSuccesses: number
  /** Monotonic nanoseconds until which the endpoint is in cool-down; 0 when it is not. */
  readonly coolDownUntilNs: number
  /** Medians over a rolling 5 minutes; null without data. */
  readonly ttftP50Ms: number | null
  readonly tokensPerSecondP50: number | null
}

/** Rules that can exclude an endpoint, in the order they are applied. */
export type ExclusionRule =
  | 'only'
  | 'ignore'
  | 'data_collection'
  | 'zdr'
  | 'quantizations'
  | 'max_price'
  | 'require_parameters'
  | 'tools'
  | 'response_format'
  | 'verbosity'
  | 'context_length'
  | 'max_tokens'
  | 'key_missing'
  | 'wire_unsupported'
  | 'order_closed'

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
}

/** What decided the head of a ranking. */
type Strategy = 'order' | 'sort' | 'sticky' | 'price-weighted'

/** The endpoints of one model, sorted into those that may serve (best first) and those that may not. */
export interface Ranking {
  readonly strategy: Strategy
  readonly ranked: readonly Candidate[]
  readonly excluded: readonly Exclusion[]
}

/** Whether the router could call an endpoint at all. */
export type Access = 'ready' | 'key_missing' | 'wire_unsupported'

/** The numbers of the routing policy. */
export interface PolicySettings {
  /** Weight of the completion price in the blended price; the prompt price has weight 1. */
  readonly completionPriceWeight: number
  /** Share of errors in the outage window from which an endpoint counts as in outage. */
  readonly outageErrorRatio: number
  /** `soft`: when no endpoint of a model supports tools, the model stays and the field is dropped. */
  readonly toolsFilter: 'soft' | 'hard'
}

/**
 * Defaults: contracts of OpenRouter where it documents them, else our choice (docs/router.md):
 * blended price = prompt + 0.25 · completion; outage = at least one error and half of the window's attempts.
 */
export const defaultPolicySettings: PolicySettings = Object.freeze({
  completionPriceWeight: 0.25,
  outageErrorRatio: 0.5,
  toolsFilter: 'soft',
})
