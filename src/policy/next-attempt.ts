import type { Candidate } from './types.ts'

/** How an attempt failed, as far as the next step depends on it. */
export type FailureKind =
  /** The caller went away. */
  | 'canceled'
  /** Something of the answer has reached the caller. */
  | 'after_token'
  /** The request itself is at fault; another host would say the same. */
  | 'caller'
  /** The endpoint, its key or the way to it is at fault. */
  | 'provider'

/** Where the attempt loop stands. */
export interface LoopState {
  /** Every candidate in the order of the decision. */
  readonly candidates: readonly Candidate[]
  readonly allowFallbacks: boolean
  /** Whether `provider.order` was given; with `allowFallbacks` off it closes the list but keeps its order. */
  readonly hasOrder: boolean
  readonly maxAttempts: number
  readonly attempts: number
  /** Index of the candidate that failed last, and how; null before the first attempt. */
  readonly last: { readonly candidate: number; readonly failure: FailureKind } | null
}

/** The next step of the attempt loop; `candidate` is an index of `LoopState.candidates`. */
export type NextStep =
  | {
      readonly kind: 'attempt'
      readonly candidate: number
      readonly attemptKind: 'primary' | 'provider_fallback' | 'model_fallback'
    }
  | { readonly kind: 'stop'; readonly why: 'canceled' | 'after_token' | 'exhausted' | 'max_attempts' }

/** Error types that say the request is wrong. 401, 402, 403 and 404 of an upstream are the operator's matter. */
const callerErrorTypes: ReadonlySet<string> = new Set([
  'invalid_request',
  'context_length_exceeded',
  'content_policy_violation',
  'payload_too_large',
  'unprocessable',
])

/** Classifies a failed attempt by its error type (docs/router.md, Selection). Pure. */
export function failureKindOf(failure: {
  readonly canceled: boolean
  readonly tokenSent: boolean
  readonly errorType: string
}): FailureKind {
  if (failure.canceled) return 'canceled'
  if (failure.tokenSent) return 'after_token'
  return callerErrorTypes.has(failure.errorType) ? 'caller' : 'provider'
}

/**
 * Decides what to do next: the first attempt, another provider, another model, or stop.
 *
 * Provider faults try the next endpoint of the model while fallbacks are allowed (or `order` closes the list);
 * any failure tries the next model of the chain, which is asked for by name and so is not switched off by
 * `allow_fallbacks: false`. Never again once something reached the caller. Pure.
 */
export function decideNext(state: LoopState): NextStep {
  const { last, candidates } = state
  if (last === null) return stepTo(state, candidates.length > 0 ? 0 : -1)
  if (last.failure === 'canceled' || last.failure === 'after_token')
    return { kind: 'stop', why: last.failure }
  if (state.attempts >= state.maxAttempts) return { kind: 'stop', why: 'max_attempts' }
  const failedModel = candidates[last.candidate]?.endpoint.modelId
  const mayTryProvider = last.failure === 'provider' && (state.allowFallbacks || state.hasOrder)
  const isNext = ({ endpoint }: Candidate, index: number) =>
    index > last.candidate && (mayTryProvider || endpoint.modelId !== failedModel)
  return stepTo(state, candidates.findIndex(isNext))
}

function stepTo({ candidates, last }: LoopState, candidate: number): NextStep {
  const modelId = candidates[candidate]?.endpoint.modelId
  if (modelId === undefined) return { kind: 'stop', why: 'exhausted' }
  if (last === null) return { kind: 'attempt', candidate, attemptKind: 'primary' }
  const isSameModel = modelId === candidates[0]?.endpoint.modelId
  return { kind: 'attempt', candidate, attemptKind: isSameModel ? 'provider_fallback' : 'model_fallback' }
}
