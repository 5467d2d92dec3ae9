import type { Endpoint } from '../catalog/index.ts'
import { learnedFirstTokenMs } from '../health/index.ts'
import { asArray, errorTypeOf } from '../wire/index.ts'
import { attempt, type Attempt } from './attempt.ts'
import type { AttemptBook, AttemptStep } from './attempt-book.ts'
import { attemptDeadlines } from './attempt-deadlines.ts'
import type { AttemptLoopOptions } from './attempt-loop.ts'
import { createKeyChoice } from './key-choice.ts'
import type { Runner } from './race.ts'
import type { Rescuer } from './rescue.ts'

/** An attempt that may begin. */
export interface ReadyAttempt {
  readonly endpoint: Endpoint
  readonly run: Runner
}

/** What is known of a step besides itself. */
export interface AboutStep {
  readonly backoffNs: number
  /** Why it is made now; empty: nothing special. */
  readonly because: string
}

/** Makes the attempt of a step; null: the endpoint's breaker does not let it through. */
export type AttemptMaker = (step: AttemptStep, about: AboutStep) => ReadyAttempt | null

/** Makes the maker of one request's attempts. What becomes of them goes into book and health. */
export function createAttemptMaker(
  options: AttemptLoopOptions,
  { book, rescuer }: { readonly book: AttemptBook; readonly rescuer: Rescuer },
): AttemptMaker {
  const { context, call, request, route, reply } = options
  const { settings, health, budgets } = context
  const { candidates } = route.decision
  const keys = createKeyChoice(context, route.sticky.conversation?.key ?? call.requestId)

  function end(made: Attempt, candidate: number): Attempt {
    const { keyAlias, failure, exchange } = made
    const { endpoint } = made.candidate
    const isOfKey = failure?.scope === 'key'
    if (isOfKey) keys.refused(endpoint, keyAlias)
    const hasOtherKey = isOfKey && keys.hasOther(endpoint)
    health.note(endpoint.id, exchange, { keyAlias, hasOtherKey, tools: asArray(request.body['tools']), call })
    book.end(withoutText(made, rescuer), { candidate, hasOtherKey })
    return made
  }

  return (step, { backoffNs, because }) => {
    const candidate = candidates[step.candidate]
    const key = candidate && keys.next(candidate.endpoint)
    if (!candidate || !key) return null
    const { endpoint } = candidate
    const { breaker } = health.read(endpoint.id)
    if (!health.beginProbe(endpoint.id) && !step.isLastResort) return null
    const reasons = [candidate.reason, afterText(book.ended().at(-1)), because].filter(text => text !== '')
    const run: Runner = async lane => {
      const no = book.begin()
      if (no > 1) budgets.retries.spend()
      if (step.attemptKind === 'hedge') budgets.hedges.spend()
      reply.begin(endpoint, no, rescuer.notice(no))
      const { stream } = request
      const time = { stream, leftMs: book.leftMs(), learnedMs: learnedMs(options, step, endpoint) }
      const seamed = rescuer.seam()
      const made = await attempt({
        ...options,
        lane: { ...lane, onEvent: event => lane.onEvent(seamed(event)) },
        key,
        no,
        candidate,
        breaker,
        backoffNs,
        kind: step.attemptKind,
        reason: reasons.join('; '),
        isFresh: book.ended().some(ended => lostConnection(ended, endpoint)),
        sent: rescuer.body(),
        whenTaken: reply.whenTaken,
        deadlines: attemptDeadlines(settings, time),
      })
      return end(made, step.candidate)
    }
    return { endpoint, run }
  }
}

/** A host that refuses to go on with an answer may give one of its own: that is no fault of the request's. */
function withoutText(made: Attempt, rescuer: Rescuer): Attempt {
  const { kind, failure } = made
  const isOfText = kind === 'rescue' && failure?.scope === 'request' && rescuer.giveUpText()
  return isOfText ? { ...made, failure: { ...failure, scope: 'endpoint', isRetryable: true } } : made
}

/** An endpoint that resets a kept connection may have given up all of them. */
function lostConnection({ candidate, exchange }: Attempt, { id }: Endpoint): boolean {
  const isReset = errorTypeOf(exchange) === 'connection_reset'
  return isReset && exchange.connection.reused && candidate.endpoint.id === id
}

/** Only where another endpoint is left: nobody is better off without the slow answer of the last one. */
function learnedMs(
  { context, route }: AttemptLoopOptions,
  { candidate }: AttemptStep,
  { id }: Endpoint,
): number | null {
  const { learnedFirstToken } = context.settings
  const isLast = candidate === route.decision.candidates.length - 1
  return isLast || !learnedFirstToken ? null : learnedFirstTokenMs(context.health.read(id), learnedFirstToken)
}

function afterText(previous: Attempt | undefined): string {
  if (!previous) return ''
  return `after ${errorTypeOf(previous.exchange)} at ${previous.candidate.endpoint.id}`
}
