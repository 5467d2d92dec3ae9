import type { PicoUsd } from '../core/index.ts'

/** Price of one endpoint. All amounts are pico-USD per token, except `request` (per request). */
export interface Price {
  readonly input: PicoUsd
  readonly output: PicoUsd
  /** null: the endpoint has no cache-read price; cached tokens are billed as input. */
  readonly cacheRead: PicoUsd | null
  /** null: the endpoint has no write price; written tokens are billed as input. */
  readonly cacheWrite: PicoUsd | null
  readonly request: PicoUsd
  /** Identity of this price: source and date, written into every cost row. */
  readonly version: string
}

/** Numeric formats a host may serve a model in. */
export type Quantization =
  | 'int4'
  | 'int8'
  | 'fp4'
  | 'mxfp4'
  | 'nvfp4'
  | 'fp6'
  | 'fp8'
  | 'mxfp8'
  | 'fp16'
  | 'bf16'
  | 'fp32'
  | 'unknown'

/** What a provider does with prompts. An unknown policy counts as the strictest reading: it retains and trains. */
interface DataPolicy {
  readonly trains: boolean
  readonly retains: boolean
}

/** Limits per key. null or left out: not published. */
export interface RateLimits {
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  readonly requestsPerDay?: number | null
  readonly tokensPerDay?: number | null
  /** Requests under way at once. */
  readonly concurrentRequests?: number | null
}

/** How an endpoint caches prompt prefixes. */
export interface PromptCache {
  readonly mode: 'none' | 'implicit' | 'explicit'
  /** Shortest prefix that is cached, in tokens. */
  readonly minTokens: number
  /** Granularity of a hit, in tokens. */
  readonly blockTokens: number
  /** Idle time after which a prefix is forgotten; a hit refreshes it. */
  readonly ttlSeconds: number
}

/** A host of models. */
export interface Provider {
  /** Slug in the style of OpenRouter, such as `deepinfra` or `amazon-bedrock`. */
  readonly id: string
  readonly name: string
  readonly wire: 'openai' | 'anthropic' | 'gemini'
  /** Base URL of its API, without a trailing slash; may hold `${NAME}` parts, see `expandBaseUrl`. */
  readonly baseUrl: string
  /** Environment variable that holds the API key. */
  readonly apiKeyEnv: string
  /** Country code (ISO 3166-1 alpha-2), or `unknown`. */
  readonly headquarters: string
  readonly dataPolicy: DataPolicy
  /** true: a canceled request is billed in full. false: closing the connection stops billing. */
  readonly billsCanceled: boolean
}

/** One model at one provider. */
export interface Endpoint {
  /** `provider/model-slug`, unique in the catalogue, such as `deepinfra/llama-3.3-70b-instruct`. */
  readonly id: string
  /** The host as this endpoint reaches it: `wire` and `baseUrl` may differ between models of one host. */
  readonly provider: Provider
  /** Slug that requests name it by: the provider's, or with a region, variant or tier: `google-vertex/us-east5`, `openai/flex`. */
  readonly tag: string
  /** Region it runs in, such as `eu` or `us-east5`; null: not stated. */
  readonly region: string | null
  /** Service tier; other than `default` only for requests that ask for it. */
  readonly tier: 'default' | 'flex' | 'priority'
  /** Whether its answers may be used to train other models. */
  readonly distillable: boolean
  /** Kinds of input it takes. */
  readonly inputModalities: readonly string[]
  /** Id of the model it serves (`author/slug`). */
  readonly modelId: string
  /** Name of the model in the provider's own API. */
  readonly upstreamModel: string
  readonly quantization: Quantization
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly price: Price
  readonly supportedParameters: ReadonlySet<string>
  readonly dataPolicy: DataPolicy
  readonly rateLimits: RateLimits
  readonly cache: PromptCache
}

/** A model and all endpoints that serve it. */
export interface Model {
  /** `author/slug`, such as `anthropic/claude-sonnet-4.6`. */
  readonly id: string
  readonly name: string
  readonly author: string
  readonly contextTokens: number
  readonly maxOutputTokens: number
  /** Tokenizer family, such as `o200k`, `claude`, `llama3`. */
  readonly tokenizer: string
  readonly inputModalities: readonly string[]
  readonly endpoints: readonly Endpoint[]
}

/** All that is known of the market. Frozen; look-ups are by exact id. */
export interface Catalog {
  /** Name and date of each catalogue it was read from, such as `builtin@2026-11-20`, joined by `+`. */
  readonly version: string
  readonly models: ReadonlyMap<string, Model>
  readonly providers: ReadonlyMap<string, Provider>
  readonly endpoints: ReadonlyMap<string, Endpoint>
}
