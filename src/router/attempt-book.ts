import { nsPerMs } from '../core/index.ts'
import { decideNext, type Failure, type LoopState, type NextStep } from '../policy/index.ts'
import type { Attempt } from './attempt.ts'
import type { AttemptLoopOptions } from './attempt-loop.ts'
import type { Rescuer } from './rescue.ts'

/** A step that is an attempt. */
export type AttemptStep = Extract<NextStep, { kind: 'attempt' }>

/** What was tried for one request, and what comes next. */
export interface AttemptBook {
  /** What to do next; hands on the record of an attempt whose role hung on that. */
  next(): NextStep
  /** What to do beside the attempt under way at a candidate. */
  beside(candidate: number): NextStep
  /** The breaker of a candidate lets nobody through. */
  passOver(candidate: number): void
  /** An attempt begins: its number, from 1. */
  begin(): number
  /** An attempt at a candidate has ended. `hasOtherKey`: the endpoint has another key that may fare better. */
  end(made: Attempt, about: { readonly candidate: number; readonly hasOtherKey: boolean }): void
  /** What is left of the time for the request, at least 0; null: any time. */
  leftMs(): number | null
  /** Number of attempts that were begun. */
  begun(): number
  /** Attempts that have ended, the one that decides last. */
  ended(): readonly Attempt[]
}

/** Starts the book of one request. */
export function createAttemptBook(options: AttemptLoopOptions, rescuer: Rescuer): AttemptBook {
  const { context, call } = options
  const { settings, budgets, clock } = context
  const rng = context.rng.fork(`${call.itemId || call.requestId} backoff`)
  const failures: Failure[] = []
  const skipped: number[] = []
  const ended: Attempt[] = []
  let begun = 0
  /** An attempt that broke off after its first token: whether it is the winner hangs on what comes next. */
  let pending: Attempt | null = null

  function leftMs(): number | null {
    if (settings.requestTimeoutMs === null) return null
    return Math.max(0, settings.requestTimeoutMs - (clock.monoNs() - call.receivedNs) / nsPerMs)
  }

  const state = (): LoopState => ({
    ...requestState(options),
    failures,
    running: [],
    skipped,
    mayRetry: budgets.retries.allows(),
    mayRescue: pending !== null && rescuer.admits(pending),
    leftMs: leftMs(),
    rng,
  })

  function emit(made: Attempt): void {
    ended.push(made)
    options.onAttempt(made)
  }

  function next(): NextStep {
    const left = leftMs()
    const isLate = ended.at(-1)?.exchange.deadline === 'request' || (left !== null && left < 1)
    const step: NextStep = isLate ? { kind: 'stop', why: 'exhausted' } : decideNext(state())
    if (pending) {
      if (step.kind === 'attempt') rescuer.note(pending)
      emit({ ...pending, isWinner: step.kind === 'stop' })
      pending = null
    }
    return step
  }

  return Object.freeze<AttemptBook>({
    next,
    beside: candidate => {
      const mayRetry = budgets.retries.allows() && budgets.hedges.allows()
      return decideNext({ ...state(), running: [candidate], mayRetry })
    },
    passOver: candidate => {
      skipped.push(candidate)
    },
    begin: () => ++begun,
    end: (made, about) => {
      if (made.failure && !made.isLost) failures.push({ ...made.failure, ...about })
      if (made.failure?.ends === 'after_token') pending = made
      else emit(made)
    },
    leftMs,
    begun: () => begun,
    ended: () => [...ended.filter(({ isLost }) => isLost), ...ended.filter(({ isLost }) => !isLost)],
  })
}

/** What stays the same for all attempts of a request. */
function requestState({ context: { settings }, request, route }: AttemptLoopOptions) {
  const { allowFallbacks, order } = request.route.preferences
  return {
    candidates: route.decision.candidates,
    firstModel: route.request.models[0]?.modelId ?? '',
    allowFallbacks,
    hasOrder: order.length > 0,
    maxAttempts: settings.maxAttempts,
    retry: settings.retry,
  }
}
