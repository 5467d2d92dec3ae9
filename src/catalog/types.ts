import type { PicoUsd } from '../core/index.ts'

/**
 * What an endpoint takes for one unit of each kind: pico-USD per token, but `image` and `imageOutput` per image and
 * `request` per request.
 */
export interface PriceAmounts {
  readonly input: PicoUsd
  readonly output: PicoUsd
  /** null: the endpoint has no cache-read price; cached tokens are billed as input. */
  readonly cacheRead: PicoUsd | null
  /** Written to a cache for five minutes. null: the endpoint has no write price; written tokens are billed as input. */
  readonly cacheWrite: PicoUsd | null
  /** Written for an hour. Left out: as input where `cacheWrite` is null too, else not known. */
  readonly cacheWrite1h?: PicoUsd
  /** Left out: as output. */
  readonly reasoning?: PicoUsd
  /** Audio that comes in. Left out: as input. */
  readonly audio?: PicoUsd
  /** Audio read from a cache. Left out: as `cacheRead`, but not known where audio has a price of its own. */
  readonly audioCacheRead?: PicoUsd
  /** Audio that goes out. Left out: as output. */
  readonly audioOutput?: PicoUsd
  /** Per image that comes in, beside its tokens. Left out: nothing. */
  readonly image?: PicoUsd
  /** Per token of an image that comes in. Left out: as input. */
  readonly imageToken?: PicoUsd
  /** Per image that goes out, beside its tokens. Left out: nothing. */
  readonly imageOutput?: PicoUsd
  readonly request: PicoUsd
}

/** Days as catalogue files and OpenRouter name them, in UTC. */
export const utcDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** Other amounts for some requests. All conditions that are there must hold. */
export interface PriceOverride {
  /** Holds for prompts of strictly more tokens, cached ones included. */
  readonly minPromptTokens?: number
  /** Minutes after midnight UTC, the end excluded; start > end goes over midnight. */
  readonly utcWindow?: { readonly startMinute: number; readonly endMinute: number }
  /** Of the instant itself: the hours after midnight belong to the new day. */
  readonly utcDays?: readonly (typeof utcDays)[number][]
  /** What is not named stays. */
  readonly amounts: Partial<PriceAmounts>
}

/** Price of one endpoint: what it takes by default, and otherwise. */
export interface Price extends PriceAmounts {
  /** In order: where several hold, the later one wins for each amount. Left out: none. See `priceAt`. */
  readonly overrides?: readonly PriceOverride[]
  /** Share taken off the listed price, in millionths. The amounts, also those of overrides, are what is left. */
  readonly discountPpm?: number
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

/** One model at one provider; one provider may serve a model several times, under tags of its own. */
export interface Endpoint {
  /** `tag/model-slug`, unique in the catalogue, such as `deepinfra/llama-3.3-70b-instruct` or `openai/flex/gpt-5.5`. */
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
  readonly outputModalities: readonly string[]
  /** Day it came out, such as `2026-04-24`; null: not known. */
  readonly created: string | null
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
