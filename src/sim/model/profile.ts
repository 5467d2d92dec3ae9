import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import { type Calibration, type EndpointFigures, figuresOf } from './calibration.ts'
import type { TokenizerName } from './tokenizer.ts'

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
  /** Tokens in each stream chunk: drawn evenly between the bounds. */
  readonly chunkTokens: { readonly min: number; readonly max: number }
  /** Length of an answer that nothing else fixes: lognormal. */
  readonly answer: { readonly medianTokens: number; readonly sigma: number }
  /** Length of the thinking before an answer, at medium effort: lognormal. */
  readonly reasoning: {
    readonly medianTokens: number
    readonly sigma: number
    /** Whether the model thinks when the request does not say. */
    readonly isDefault: boolean
  }
  /** Answers decoded at once, more wait; null: any number. */
  readonly slots: number | null
  /** Time to an answer that is an error. */
  readonly refusalMs: number
  /** What counts tokens; `family`: the tokenizer of the model's family. */
  readonly tokenizer: TokenizerName | 'family'
}

/** Prompt length at which a published median first token is taken to hold; our assumption. */
const referenceTokens = 1000

/** The speed of an endpoint, from its calibration. Pure. */
export function profileOf(endpoint: Endpoint, calibration: Calibration): EndpointProfile {
  const { figures } = figuresOf(endpoint, calibration)
  return {
    ttft: {
      ...firstTokenLaw(figures),
      sigma: figures.ttftSigma,
      tailRatio: figures.tailRatio,
      tailFactors: figures.tailFactors,
    },
    decode: { tokensPerSecond: figures.tokensPerSecond, sigma: figures.decodeSigma },
    chunkTokens: { min: figures.chunkTokens[0], max: figures.chunkTokens[1] },
    answer: { medianTokens: figures.answerTokens, sigma: figures.answerSigma },
    reasoning: {
      medianTokens: figures.reasoningTokens,
      sigma: figures.reasoningSigma,
      isDefault: figures.reasoningByDefault,
    },
    slots: figures.slots,
    refusalMs: figures.refusalMs,
    tokenizer: figures.tokenizer,
  }
}

/**
 * The law as it was fitted; or from a published median, which is taken to hold for a fresh prompt of 1000 tokens,
 * of which prefill is at most a tenth (cached tokens at most a fifth of that).
 */
function firstTokenLaw(figures: EndpointFigures['figures']) {
  const { ttftMs = 0, ttftBaseMs, uncachedMsPer1k, cachedMsPer1k } = figures
  const uncached = ttftBaseMs === undefined ? Math.min(uncachedMsPer1k, ttftMs / 10) : uncachedMsPer1k
  const cached = ttftBaseMs === undefined ? Math.min(cachedMsPer1k, uncached / 5) : cachedMsPer1k
  return {
    baseMs: ttftBaseMs ?? ttftMs - (uncached * referenceTokens) / 1000,
    msPerUncachedToken: uncached / 1000,
    msPerCachedToken: cached / 1000,
  }
}

/** Median first-token time of a prompt in milliseconds of simulated time. Pure. */
function medianTtftMs(
  { ttft }: EndpointProfile,
  prompt: { readonly uncachedTokens: number; readonly cachedTokens: number },
): number {
  return (
    ttft.baseMs +
    ttft.msPerUncachedToken * prompt.uncachedTokens +
    ttft.msPerCachedToken * prompt.cachedTokens
  )
}

/** Draws the first-token time of one request in milliseconds of simulated time. */
export function drawTtftMs(
  profile: EndpointProfile,
  prompt: { readonly uncachedTokens: number; readonly cachedTokens: number },
  rng: Rng,
): number {
  const { sigma, tailRatio, tailFactors } = profile.ttft
  const [min, max] = tailFactors
  const usual = medianTtftMs(profile, prompt) * Math.exp(sigma * rng.normal())
  return rng.next() < tailRatio ? usual * (min + (max - min) * rng.next()) : usual
}

/** Draws the decode speed of one request in tokens per second of simulated time. */
export function drawTokensPerSecond({ decode }: EndpointProfile, rng: Rng): number {
  return decode.tokensPerSecond * Math.exp(decode.sigma * rng.normal())
}

/** Draws the length of a free answer; at least 1 token. */
export function drawAnswerTokens({ answer }: EndpointProfile, rng: Rng): number {
  return Math.max(1, Math.round(answer.medianTokens * Math.exp(answer.sigma * rng.normal())))
}
