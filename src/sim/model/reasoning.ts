import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import type { EndpointProfile } from './profile.ts'

/** Levels of effort that callers ask for, in the order of the tokens they cost. */
export type ReasoningEffort = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How much a request asks the model to think before it answers. */
export type ReasoningWish =
  | { readonly kind: 'off' }
  | { readonly kind: 'effort'; readonly effort: ReasoningEffort }
  /** At most so many tokens. */
  | { readonly kind: 'budget'; readonly maxTokens: number }

/**
 * Length by effort, relative to medium. low and high follow one model's measured first-token times (GPT-5.5,
 * Artificial Analysis, 2026: 0.9 s without, 1.3, 4.1 and 9 s with low, medium and high); the others are assumed.
 */
const efforts: Readonly<Record<ReasoningEffort, number>> = {
  minimal: 0.05,
  low: 0.125,
  medium: 1,
  high: 2.5,
  xhigh: 4,
  max: 6,
}

/** Most of an answer's tokens that thinking takes, by effort, so that room for the answer is left. Assumed. */
const shares: Readonly<Record<ReasoningEffort, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
}

/** What decides how long a model thinks. */
export interface ReasoningInput {
  readonly endpoint: Endpoint
  readonly profile: EndpointProfile
  /** Left out: as the model does by itself. */
  readonly wish: ReasoningWish | undefined
  /** Most tokens of the whole answer; Infinity: no limit. */
  readonly cap: number
  readonly rng: Rng
}

/**
 * Draws the length of the reasoning before an answer in tokens: lognormal, scaled by effort; 0 for a model that
 * does not take `reasoning`, or is told not to. Pure.
 */
export function drawReasoningTokens({ endpoint, profile, wish, cap, rng }: ReasoningInput): number {
  const { isDefault, medianTokens, sigma } = profile.reasoning
  const isAble = endpoint.supportedParameters.has('reasoning')
  if (!isAble || wish?.kind === 'off' || (!wish && !isDefault)) return 0
  const effort = wish?.kind === 'effort' ? wish.effort : 'medium'
  const drawn = medianTokens * efforts[effort] * Math.exp(sigma * rng.normal())
  const budget = wish?.kind === 'budget' ? wish.maxTokens : Infinity
  const wanted = Math.max(1, Math.round(Math.min(drawn, budget)))
  return Math.min(wanted, Math.floor(shares[effort] * cap))
}
