import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import * as data from './calibration.ts'

/** How fast one endpoint answers. Times are milliseconds of simulated time. */
export interface EndpointProfile {
  /** Median first token = `baseMs` + per-token terms; the draw is lognormal around it with a rare heavy tail. */
  readonly ttft: {
    readonly baseMs: number
    readonly msPerUncachedToken: number
    readonly msPerCachedToken: number
    /** Standard deviation of the logarithm. */
    readonly sigma: number
    /** Share of requests in the heavy tail, 0–1. */
    readonly tailRatio: number
    /** Range of the factor that a request in the tail is multiplied by. */
    readonly tailFactors: readonly [min: number, max: number]
  }
  readonly decode: {
    /** Median over requests. */
    readonly tokensPerSecond: number
    /** Standard deviation of the logarithm, between requests. */
    readonly sigma: number
  }
  /** Tokens in each stream chunk. */
  readonly tokensPerChunk: number
  /** Length of an answer that nothing else fixes: lognormal. */
  readonly answer: { readonly medianTokens: number; readonly sigma: number }
  /** Time to an answer that is an error. */
  readonly refusalMs: number
}

/** Prompt length at which a published median first token is taken to hold; our assumption. */
const referenceTokens = 1000
/** Prefill cost where nothing was fitted, as for the Claude rows; at most a tenth of the median per 1000 tokens. */
const uncachedMsPer1k = 20
const cachedMsPer1k = 4

/**
 * The speed of an endpoint, from the calibration tables: fitted model, then measured endpoint,
 * then measured provider, then the median of the market. Pure.
 */
export function profileOf(endpoint: Endpoint): EndpointProfile {
  const provider = data.providerAliases[endpoint.provider.id] ?? endpoint.provider.id
  const slug = slugOf(endpoint.modelId)
  const fit = fitOf(slug) ?? fitFromMedians(measuredOf(provider, slug))
  return {
    ttft: {
      baseMs: fit.baseMs,
      msPerUncachedToken: fit.uncachedMsPer1k / 1000,
      msPerCachedToken: fit.cachedMsPer1k / 1000,
      sigma: fit.ttftSigma,
      tailRatio: 0.01,
      tailFactors: [5, 10],
    },
    decode: { tokensPerSecond: fit.tokensPerSecond, sigma: fit.decodeSigma },
    tokensPerChunk: data.tokensPerChunkByProvider[provider] ?? 1,
    answer: { medianTokens: 60, sigma: 0.6 },
    refusalMs: 15,
  }
}

/** Draws the first-token time of one request in milliseconds of simulated time. */
export function drawTtftMs(
  { ttft }: EndpointProfile,
  prompt: { readonly uncachedTokens: number; readonly cachedTokens: number },
  rng: Rng,
): number {
  const medianMs =
    ttft.baseMs +
    ttft.msPerUncachedToken * prompt.uncachedTokens +
    ttft.msPerCachedToken * prompt.cachedTokens
  const [min, max] = ttft.tailFactors
  const usual = medianMs * Math.exp(ttft.sigma * rng.normal())
  return rng.next() < ttft.tailRatio ? usual * (min + (max - min) * rng.next()) : usual
}

/** Draws the decode speed of one request in tokens per second of simulated time. */
export function drawTokensPerSecond({ decode }: EndpointProfile, rng: Rng): number {
  return decode.tokensPerSecond * Math.exp(decode.sigma * rng.normal())
}

/** Draws the length of a free answer; at least 1 token. */
export function drawAnswerTokens({ answer }: EndpointProfile, rng: Rng): number {
  return Math.max(1, Math.round(answer.medianTokens * Math.exp(answer.sigma * rng.normal())))
}

function slugOf(modelId: string): string {
  const name = modelId.slice(modelId.indexOf('/') + 1)
  return name.replace(/:.*$/, '').replace(/-instruct$/, '')
}

function fitOf(slug: string): data.Fit | undefined {
  const family = Object.keys(data.fitted).find(name => slug.startsWith(name))
  return family === undefined ? undefined : data.fitted[family]
}

function measuredOf(provider: string, slug: string): data.Measured {
  return data.measuredByEndpoint[slug]?.[provider] ?? data.measuredByProvider[provider] ?? data.unmeasured
}

function fitFromMedians([ttftMs, tokensPerSecond]: data.Measured): data.Fit {
  const uncached = Math.min(uncachedMsPer1k, ttftMs / 10)
  return {
    baseMs: ttftMs - (uncached * referenceTokens) / 1000,
    uncachedMsPer1k: uncached,
    cachedMsPer1k: Math.min(cachedMsPer1k, uncached / 5),
    ttftSigma: 0.3,
    tokensPerSecond,
    decodeSigma: 0.25,
  }
}
