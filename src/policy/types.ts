import type { Endpoint } from '../catalog/index.ts'

/** The `provider` object of a request, parsed. Lists hold provider or endpoint slugs in lower case. */
export interface ProviderPreferences {
  readonly order: readonly string[]
  readonly only: readonly string[]
  readonly ignore: readonly string[]
  readonly allowFallbacks: boolean
  readonly requireParameters: boolean
  readonly denyDataCollection: boolean
  readonly sort: 'price' | 'throughput' | 'latency' | null
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
  | 'require_parameters'
  | 'tools'
  | 'context_length'
  | 'max_tokens'
  | 'key_missing'
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
  /** Sentence such as `drawn by 1/price², weight 0.73`. */
  readonly reason: string
}
