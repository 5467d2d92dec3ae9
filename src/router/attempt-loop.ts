import { type Clock, nsPerMs } from '../core/index.ts'
import type { Attempt } from './attempt.ts'
import { type AttemptBook, type AttemptStep, createAttemptBook } from './attempt-book.ts'
import { type AttemptMaker, createAttemptMaker } from './attempt-maker.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { hedgeDelayMs } from './hedge-delay.ts'
import { onlyLane, race, type Runner } from './race.ts'
import type { Reply } from './reply.ts'
import { createRescuer } from './rescue.ts'
import { rescueModeOf } from './rescue-mode.ts'
import type { Route } from './route.ts'

/** What the loop works on. */
export interface AttemptLoopOptions {
  readonly context: RouterContext
  readonly call: Call
  readonly request: ChatRequest
  readonly route: Route
  readonly reply: Reply
  readonly signal: AbortSignal
  /** Told about each finished attempt, as soon as its role is known. */
  readonly onAttempt: (attempt: Attempt) => void
}

/**
 * Makes the attempts that `decideNext` asks for until one answers or there is nothing left to try: waits before some,
 * passes endpoints over whose breaker lets nobody through, and hedges where that is on.
 *
 * @returns every attempt, the one that decides last; it is the winner when any is. Empty when no endpoint may serve.
 */
export async function runAttempts(options: AttemptLoopOptions): Promise<readonly Attempt[]> {
  const { context, signal, call, request } = options
  context.budgets.retries.earn()
  context.budgets.hedges.earn()
  const rescuer = createRescuer(rescueModeOf(call.rescueWish, context.settings.rescue), request)
  const book = createAttemptBook(options, rescuer)
  const make = createAttemptMaker(options, { book, rescuer })
  for (let step = book.next(); step.kind === 'attempt'; step = book.next()) {
    const backoffNs = await pause(context.clock, step.waitMs, signal)
    if (backoffNs === null) break
    await tryStep(options, { book, make, step, backoffNs })
    if (book.ended().at(-1)?.failure === null) break
  }
  return book.ended()
}

/** Waits; null: the caller went away meanwhile. Otherwise how long it was, in nanoseconds. */
async function pause(clock: Clock, waitMs: number, signal: AbortSignal): Promise<number | null> {
  if (waitMs <= 0) return 0
  const beganNs = clock.monoNs()
  return await clock.sleepUntil(beganNs + waitMs * nsPerMs, signal).then(
    () => clock.monoNs() - beganNs,
    () => null,
  )
}

interface Trial {
  readonly book: AttemptBook
  readonly make: AttemptMaker
  readonly step: AttemptStep
  readonly backoffNs: number
}

/** Makes the attempt of a step, and another beside it if it is slow and hedging is on; or passes its endpoint over. */
async function tryStep(options: AttemptLoopOptions, trial: Trial): Promise<void> {
  const { context, request, reply, signal } = options
  const { book, make, step, backoffNs } = trial
  const { onEvent } = reply
  const ready = make(step, { backoffNs, because: '' })
  if (!ready) return book.passOver(step.candidate)
  const health = context.health.read(ready.endpoint.id)
  // A race is about the first token, and the caller of a rescued answer has had its own.
  const { hedge } = context.settings
  const afterMs = step.attemptKind === 'rescue' ? null : hedgeDelayMs(hedge, health, request.stream)
  if (afterMs === null) {
    await ready.run(onlyLane({ signal, onEvent }))
    return
  }
  const endpoints = [ready.endpoint]
  const second = (): Runner | null => {
    const because = `no token at ${ready.endpoint.id} after ${Math.round(afterMs)} ms`
    const hedged = besides(trial, because)
    if (hedged) endpoints.push(hedged.endpoint)
    return hedged?.run ?? null
  }
  const onWinner = (winner: 0 | 1) => {
    const endpoint = endpoints[winner]
    if (endpoint) reply.begin(endpoint, book.begun(), null)
  }
  await race({ clock: context.clock, signal, afterMs, first: ready.run, second, onEvent, onWinner })
}

/** An attempt beside the one under way; null: none is due. */
function besides({ book, make, step }: Trial, because: string): ReturnType<AttemptMaker> {
  for (;;) {
    const other = book.beside(step.candidate)
    if (other.kind === 'stop') return null
    const ready = make(other, { backoffNs: 0, because })
    if (ready) return ready
    book.passOver(other.candidate)
  }
}
