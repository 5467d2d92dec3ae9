import { decideNext, type LoopState } from '../policy/index.ts'
import { asArray, errorTypeOf } from '../wire/index.ts'
import { type Attempt, attempt } from './attempt.ts'
import type { Call } from './call.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import type { Reply } from './reply.ts'
import type { Route } from './route.ts'

type Failures = LoopState['failures'][number][]

/** What the loop works on. */
export interface AttemptLoopOptions {
  readonly context: RouterContext
  readonly call: Call
  readonly request: ChatRequest
  readonly route: Route
  readonly reply: Reply
  readonly signal: AbortSignal
  /** Told about each finished attempt, at once. */
  readonly onAttempt: (attempt: Attempt) => void
}

/**
 * Tries candidates in the order `decideNext` says until one answers or there is nothing left to try.
 *
 * @returns every attempt in order; the last one is the winner when any is. Empty when no endpoint may serve.
 */
export async function runAttempts(options: AttemptLoopOptions): Promise<readonly Attempt[]> {
  const { context, request, route, reply } = options
  const { preferences } = request.route
  const attempts: Attempt[] = []
  const failures: Failures = []
  for (;;) {
    const next = decideNext({
      candidates: route.decision.candidates,
      firstModel: route.request.models[0]?.modelId ?? '',
      allowFallbacks: preferences.allowFallbacks,
      hasOrder: preferences.order.length > 0,
      maxAttempts: context.settings.maxAttempts,
      failures,
    })
    const candidate = next.kind === 'attempt' ? route.decision.candidates[next.candidate] : undefined
    if (next.kind === 'stop' || !candidate) return attempts
    reply.begin(candidate.endpoint, attempts.length + 1)
    const made = await attempt({
      ...options,
      candidate: { ...candidate, reason: reasonAfter(candidate.reason, attempts.at(-1)) },
      no: attempts.length + 1,
      kind: next.attemptKind,
      onEvent: reply.onEvent,
      tokenSent: reply.tokenSent,
    })
    context.health.note(candidate.endpoint.id, made.exchange, asArray(request.body['tools']))
    attempts.push(made)
    options.onAttempt(made)
    if (made.failure === null) return attempts
    failures.push({ candidate: next.candidate, failure: made.failure })
  }
}

function reasonAfter(reason: string, previous: Attempt | undefined): string {
  if (!previous) return reason
  return `${reason}; after ${errorTypeOf(previous.exchange)} at ${previous.candidate.endpoint.id}`
}
