import type { Rng } from '../core/index.ts'
import { backoffMs, type RetrySettings } from '../health/index.ts'
import type { Candidate } from './types.ts'

/** What another attempt has to change to fare better: `network` is the way to the endpoint. */
export type FailureScope = 'request' | 'key' | 'endpoint' | 'network'

/** One failed attempt, as far as the next step depends on it. */
export interface Failure {
  /** An index of `LoopState.candidates`. */
  readonly candidate: number
  /** `canceled`: the caller went away. `after_token`: something of the answer has reached the caller. */
  readonly ends: 'canceled' | 'after_token' | null
  readonly scope: FailureScope
  /** Whether the same request may succeed at the same endpoint after a wait. */
  readonly isRetryable: boolean
  /** What the provider asked to wait; null: nothing. */
  readonly retryAfterMs: number | null
  /** The endpoint has another key at work that this request has not tried there. */
  readonly hasOtherKey: boolean
}

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
  /** Attempts that failed, in order. */
  readonly failures: readonly Failure[]
  /** Candidates whose attempts are under way and have sent no token; asked with any, it is about a hedge. */
  readonly running: readonly number[]
  /** Candidates that were passed over without an attempt, since their breaker lets nobody through now. */
  readonly skipped: readonly number[]
  /**
   * Whether the retry budget allows attempts that only add load: retries of the same endpoint, hedges, and attempts at
   * an endpoint whose breaker is half open.
   */
  readonly mayRetry: boolean
  /** Whether an answer that broke off may be gone on with by another attempt. */
  readonly mayRescue: boolean
  readonly retry: RetrySettings
  /** What is left of the time for the request; null: any. */
  readonly leftMs: number | null
  readonly rng: Rng
}

/** Why an attempt is made: a `retry` is one of the same endpoint. */
export type AttemptKind = 'primary' | 'retry' | 'provider_fallback' | 'model_fallback' | 'hedge' | 'rescue'

/** The next step of the attempt loop; `candidate` is an index of `LoopState.candidates`. */
export type NextStep =
  | {
      readonly kind: 'attempt'
      readonly candidate: number
      readonly attemptKind: AttemptKind
      /** How long to wait before it; 0: at once. */
      readonly waitMs: number
      /** Nothing else is left: it is made whatever the breaker says. */
      readonly isLastResort: boolean
    }
  | {
      readonly kind: 'stop'
      /** `retry_budget`: a retry would have been due, but too many were made of late. */
      readonly why: 'canceled' | 'after_token' | 'exhausted' | 'max_attempts' | 'retry_budget'
    }

/**
 * Decides what to do next: the first attempt, another key, another provider, another model, the same endpoint again
 * after a wait, or stop.
 *
 * Candidates are tried in their order. A failure of scope `request` closes the model it was met on; without fallbacks
 * any failure does, unless `order` closes the list. Another model of the chain is tried after any failure: it was
 * asked for by name and so is not switched off by `allow_fallbacks: false`. When no other endpoint is left, one whose
 * failure may pass is tried again. Never again once something reached the caller, unless rescue is on. Asked while an
 * attempt is under way, it decides about a hedge beside it. Pure but for the draw of the wait.
 */
export function decideNext(state: LoopState): NextStep {
  if (state.running.length > 0) return hedge(state)
  const ends = state.failures.at(-1)?.ends ?? null
  if (ends === 'canceled' || (ends === 'after_token' && !state.mayRescue)) return stop(ends)
  const step = otherKey(state) ?? nextCandidate(state) ?? lastResort(state) ?? sameAgain(state)
  if (step.kind === 'stop') return step
  return state.failures.length < state.maxAttempts ? step : stop('max_attempts')
}

/** A second attempt beside the one under way: at the next endpoint of the same model that was not tried. */
function hedge(state: LoopState): NextStep {
  const { candidates, failures, running, maxAttempts } = state
  const modelId = candidates[running[0] ?? -1]?.endpoint.modelId
  const next = freshCandidates(state).find(index => modelIdOf(index, state) === modelId)
  if (next === undefined || !mayTryProvider(state)) return stop('exhausted')
  if (failures.length + running.length >= maxAttempts) return stop('max_attempts')
  return state.mayRetry ? attemptAt(next, 'hedge') : stop('retry_budget')
}

type Stop = Extract<NextStep, { kind: 'stop' }>
type Attempt = Extract<NextStep, { kind: 'attempt' }>

function stop(why: Stop['why']): Stop {
  return { kind: 'stop', why }
}

function attemptAt(candidate: number, attemptKind: AttemptKind): Attempt {
  return { kind: 'attempt', candidate, attemptKind, waitMs: 0, isLastResort: false }
}

/** A key that was refused says nothing about the next one. */
function otherKey({ failures, skipped }: LoopState): Attempt | null {
  const last = failures.at(-1)
  const isDue = last && last.ends === null && last.scope === 'key' && last.hasOtherKey
  return isDue && !skipped.includes(last.candidate) ? attemptAt(last.candidate, 'retry') : null
}

function mayTryProvider({ allowFallbacks, hasOrder }: LoopState): boolean {
  return allowFallbacks || hasOrder
}

/**
 * An endpoint whose breaker is half open probably costs an attempt, so that has to be paid; without a budget the others
 * come instead, but for a request that has no other.
 */
function nextCandidate(state: LoopState): NextStep | null {
  const closed = closedModels(state, failure => failure.scope === 'request' || !mayTryProvider(state))
  const open = freshCandidates(state).filter(index => !closed.has(modelIdOf(index, state)))
  const isPaid = (index: number) => state.mayRetry || state.candidates[index]?.breaker !== 'half_open'
  const next = open.find(isPaid) ?? (state.failures.length === 0 ? open[0] : undefined)
  if (next !== undefined) return attemptAt(next, kindOf(next, state))
  return open.length > 0 ? stop('retry_budget') : null
}

/** Those behind all that were tried or passed over. */
function freshCandidates({ candidates, failures, running, skipped }: LoopState): readonly number[] {
  const seen = Math.max(-1, ...failures.map(({ candidate }) => candidate), ...running, ...skipped)
  return candidates.map((_, index) => index).filter(index => index > seen)
}

function closedModels(
  state: LoopState,
  closes: (failure: Failure) => boolean,
): ReadonlySet<string | undefined> {
  return new Set(state.failures.filter(closes).map(({ candidate }) => modelIdOf(candidate, state)))
}

function modelIdOf(candidate: number, { candidates }: LoopState): string | undefined {
  return candidates[candidate]?.endpoint.modelId
}

/** All were passed over: then the best of them is tried after all, so that no request fails untried. */
function lastResort(state: LoopState): Attempt | null {
  const [first] = state.skipped
  if (first === undefined || state.failures.length > 0) return null
  return { ...attemptAt(first, kindOf(first, state)), isLastResort: true }
}

/** The endpoint that may be tried again soonest; the order of candidates breaks ties. */
function sameAgain(state: LoopState): NextStep {
  const { failures, retry, skipped, leftMs } = state
  const counted = failures.filter(failure => !(failure.scope === 'key' && failure.hasOtherKey))
  const retries = counted.length - new Set(counted.map(({ candidate }) => candidate)).size
  const closed = closedModels(state, failure => failure.scope === 'request')
  const longestMs = Math.min(retry.maxWaitMs, (leftMs ?? Number.POSITIVE_INFINITY) - 1)
  const latest = [...new Map(failures.map(failure => [failure.candidate, failure])).values()]
  const [first] = latest
    .filter(failure => failure.isRetryable && askedMs(failure) <= longestMs)
    .filter(({ candidate }) => !skipped.includes(candidate) && !closed.has(modelIdOf(candidate, state)))
    .toSorted((a, b) => askedMs(a) - askedMs(b) || a.candidate - b.candidate)
  if (!first || retries >= retry.maxRetries) return stop('exhausted')
  if (!state.mayRetry) return stop('retry_budget')
  const waitMs = backoffMs({ retries, askedMs: askedMs(first), longestMs, settings: retry }, state.rng)
  return { ...attemptAt(first.candidate, isRescue(state) ? 'rescue' : 'retry'), waitMs }
}

function askedMs({ retryAfterMs }: Failure): number {
  return retryAfterMs ?? 0
}

function isRescue({ failures }: LoopState): boolean {
  return failures.some(({ ends }) => ends === 'after_token')
}

function kindOf(candidate: number, state: LoopState): AttemptKind {
  if (isRescue(state)) return 'rescue'
  if (modelIdOf(candidate, state) !== state.firstModel) return 'model_fallback'
  return state.failures.length === 0 ? 'primary' : 'provider_fallback'
}
