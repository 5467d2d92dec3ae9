/** Medians of one host: time to first token in milliseconds and decode speed in tokens per second. */
export type Measured = readonly [ttftMs: number, tokensPerSecond: number]

/**
 * Medians over each provider's endpoints.
 * Source: OpenRouter's published per-endpoint p50 (575 endpoints), 2025-06-27; the median over a provider's
 * endpoints is ours. Providers not in that source have no row and get `unmeasured`.
 */
export const measuredByProvider: Readonly<Record<string, Measured>> = {
  ai21: [598, 114],
  alibaba: [1156, 95],
  'amazon-bedrock': [1549, 55],
  anthropic: [1824, 53],
  azure: [1046, 117],
  baseten: [294, 131],
  cerebras: [172, 3143],
  cloudflare: [584, 35],
  cohere: [216, 60],
  crusoe: [1405, 27],
  deepinfra: [500, 46],
  deepseek: [3181, 24],
  featherless: [1062, 14],
  fireworks: [503, 96],
  friendli: [303, 113],
  gmicloud: [818, 65],
  'google-ai-studio': [640, 83],
  'google-vertex': [1060, 68],
  groq: [281, 784],
  hyperbolic: [1096, 60],
  inception: [489, 612],
  'inference-net': [906, 51],
  kluster: [645, 58],
  lambda: [365, 51],
  liquid: [412, 66],
  minimax: [1622, 33],
  mistral: [282, 113],
  nebius: [492, 48],
  nextbit: [2686, 22],
  novita: [906, 45],
  openai: [967, 93],
  parasail: [638, 63],
  perplexity: [1602, 106],
  phala: [661, 36],
  sambanova: [733, 356],
  together: [428, 101],
  xai: [432, 65],
}

/** Median over all providers of the table above; stands for a provider that nobody measured. */
export const unmeasured: Measured = [661, 65]

/**
 * Single endpoints, by provider and model slug (the part of the model id after the author).
 * Same source and date; where it lists an endpoint twice (variants), the faster first token counts.
 */
export const measuredByEndpoint: Readonly<Record<string, Readonly<Record<string, Measured>>>> = {
  'llama-3.3-70b': {
    cerebras: [172, 3143],
    cloudflare: [457, 35],
    crusoe: [2669, 13],
    deepinfra: [171, 35],
    fireworks: [466, 146],
    friendli: [767, 113],
    groq: [175, 411],
    hyperbolic: [1156, 38],
    kluster: [692, 25],
    lambda: [323, 60],
    nebius: [596, 40],
    nextbit: [3149, 20],
    novita: [693, 45],
    parasail: [483, 74],
    phala: [571, 35],
    sambanova: [556, 282],
    together: [605, 73],
  },
  'llama-4-maverick': {
    baseten: [188, 197],
    deepinfra: [286, 97],
    fireworks: [584, 104],
    'google-vertex': [1025, 107],
    groq: [153, 883],
    lambda: [291, 129],
    novita: [563, 108],
    parasail: [283, 135],
    sambanova: [394, 578],
    together: [428, 80],
  },
  'gpt-4.1': { openai: [473, 75] },
  'gpt-4o-mini': { azure: [1232, 117], openai: [327, 75] },
  'gemini-2.5-flash': { 'google-ai-studio': [723, 75], 'google-vertex': [412, 77] },
  'gemini-2.5-pro': { 'google-ai-studio': [2905, 61], 'google-vertex': [2751, 77] },
  'mistral-large': { mistral: [296, 96] },
}

/** Coefficients of a fitted first-token law, per 1000 tokens of context. */
export interface Fit {
  readonly baseMs: number
  readonly uncachedMsPer1k: number
  readonly cachedMsPer1k: number
  readonly ttftSigma: number
  readonly tokensPerSecond: number
  readonly decodeSigma: number
}

/**
 * Least-squares fits over 4,153 real streaming calls of Claude models (kv-cache-tester sessions, 2025-2026;
 * first tokens below 15 s; lognormal residual). By model family: later versions of a family share its row.
 */
export const fitted: Readonly<Record<string, Fit>> = {
  'claude-opus': {
    baseMs: 2240,
    uncachedMsPer1k: 19.3,
    cachedMsPer1k: 4,
    ttftSigma: 0.33,
    tokensPerSecond: 57,
    decodeSigma: 0.25,
  },
  'claude-sonnet': {
    baseMs: 1460,
    uncachedMsPer1k: 22.8,
    cachedMsPer1k: 12.4,
    ttftSigma: 0.28,
    tokensPerSecond: 55,
    decodeSigma: 0.29,
  },
  'claude-haiku': {
    baseMs: 1190,
    uncachedMsPer1k: 2,
    cachedMsPer1k: 1.1,
    ttftSigma: 0.43,
    tokensPerSecond: 126,
    decodeSigma: 0.25,
  },
}

/**
 * Tokens in one stream chunk. Counted in recorded streams: OpenAI, Groq, DeepSeek and Mistral send one token
 * a chunk; Anthropic about 6 (30 tokens in 5 deltas); Gemini about 12 (23 tokens in 2 chunks).
 */
export const tokensPerChunkByProvider: Readonly<Record<string, number>> = {
  anthropic: 6,
  'amazon-bedrock': 6,
  'google-ai-studio': 12,
  'google-vertex': 12,
}

/** Other spellings of a provider's id in public catalogues. */
export const providerAliases: Readonly<Record<string, string>> = {
  'cloudflare-workers-ai': 'cloudflare',
  'fireworks-ai': 'fireworks',
  google: 'google-ai-studio',
  'google-vertex-anthropic': 'google-vertex',
  'novita-ai': 'novita',
  togetherai: 'together',
}
