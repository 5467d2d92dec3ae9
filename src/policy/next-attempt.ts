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
  /** The model the request would rather have: the first it named, resolved; whether or not it has candidates. */
  readonly firstModel: string
  readonly allowFallbacks: boolean
  /** Whether `provider.order` was given; with `allowFallbacks` off it closes the list but keeps its order. */
  readonly hasOrder: boolean
  readonly maxAttempts: number
  /** Attempts that failed, in order; `candidate` is an index of `candidates`. */
  readonly failures: readonly { readonly candidate: number; readonly failure: FailureKind }[]
}

type AttemptKind = 'primary' | 'provider_fallback' | 'model_fallback'

/** The next step of the attempt loop; `candidate` is an index of `LoopState.candidates`. */
export type NextStep =
  | {
      readonly kind: 'attempt'
      readonly candidate: number
      readonly attemptKind: AttemptKind
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
 * Candidates are tried in their order. A caller error closes the model it was met on; without fallbacks any failure
 * does, unless `order` closes the list. Another model of the chain is tried after any failure: it was asked for by
 * name and so is not switched off by `allow_fallbacks: false`. Never again once something reached the caller. Pure.
 */
export function decideNext(state: LoopState): NextStep {
  const { failures, candidates, maxAttempts } = state
  const last = failures.at(-1)
  if (last?.failure === 'canceled' || last?.failure === 'after_token')
    return { kind: 'stop', why: last.failure }
  const mayTryProvider = state.allowFallbacks || state.hasOrder
  const closed = failures.filter(({ failure }) => failure === 'caller' || !mayTryProvider)
  const closedModels = new Set(closed.map(({ candidate }) => candidates[candidate]?.endpoint.modelId))
  const from = last ? last.candidate + 1 : 0
  const next = candidates.findIndex((c, index) => index >= from && !closedModels.has(c.endpoint.modelId))
  const modelId = candidates[next]?.endpoint.modelId
  if (modelId === undefined) return { kind: 'stop', why: 'exhausted' }
  if (failures.length >= maxAttempts) return { kind: 'stop', why: 'max_attempts' }
  return { kind: 'attempt', candidate: next, attemptKind: kindOf(modelId, state) }
}

function kindOf(modelId: string, { firstModel, failures }: LoopState): AttemptKind {
  if (modelId !== firstModel) return 'model_fallback'
  return failures.length === 0 ? 'primary' : 'provider_fallback'
}
