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
  /** Candidate models in order, each with its ranked endpoints. */
  readonly models: readonly { readonly modelId: string; readonly ranked: readonly Candidate[] }[]
  readonly allowFallbacks: boolean
  /** Whether `provider.order` was given; with `allowFallbacks` off it closes the list but keeps its order. */
  readonly hasOrder: boolean
  readonly maxAttempts: number
  readonly attempts: number
  /** The attempt that failed last; null before the first one. */
  readonly last: { readonly model: number; readonly candidate: number; readonly failure: FailureKind } | null
}

/** The next step of the attempt loop; indexes are those of `LoopState.models` and its `ranked`. */
export type NextStep =
  | {
      readonly kind: 'attempt'
      readonly model: number
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
  const { last, models } = state
  if (last === null) return nextModel(models, 0)
  if (last.failure === 'canceled' || last.failure === 'after_token')
    return { kind: 'stop', why: last.failure }
  if (state.attempts >= state.maxAttempts) return { kind: 'stop', why: 'max_attempts' }
  const candidate = last.candidate + 1
  const mayTryProvider = last.failure === 'provider' && (state.allowFallbacks || state.hasOrder)
  if (mayTryProvider && candidate < (models[last.model]?.ranked.length ?? 0)) {
    return { kind: 'attempt', model: last.model, candidate, attemptKind: 'provider_fallback' }
  }
  return nextModel(models, last.model + 1)
}

function nextModel(models: LoopState['models'], from: number): NextStep {
  const model = models.findIndex((entry, index) => index >= from && entry.ranked.length > 0)
  if (model < 0) return { kind: 'stop', why: 'exhausted' }
  return { kind: 'attempt', model, candidate: 0, attemptKind: model === 0 ? 'primary' : 'model_fallback' }
}
