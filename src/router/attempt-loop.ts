import { nsPerMs } from '../core/index.ts'
import { decideNext, defaultRetrySettings, type LoopState } from '../policy/index.ts'
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
      running: [],
      skipped: [],
      mayRetry: false,
      mayRescue: false,
      retry: defaultRetrySettings,
      leftMs: null,
      rng: context.rng,
    })
    const candidate = next.kind === 'attempt' ? route.decision.candidates[next.candidate] : undefined
    const leftMs = leftOf(options)
    if (next.kind === 'stop' || !candidate || leftMs === 0) return attempts
    reply.begin(candidate.endpoint, attempts.length + 1)
    const made = await attempt({
      ...options,
      candidate: { ...candidate, reason: reasonAfter(candidate.reason, attempts.at(-1)) },
      no: attempts.length + 1,
      kind: next.attemptKind,
      leftMs,
      onEvent: reply.onEvent,
      tokenSent: reply.tokenSent,
    })
    context.health.note(candidate.endpoint.id, made.exchange, {
      keyAlias: made.keyAlias,
      tools: asArray(request.body['tools']),
    })
    attempts.push(made)
    options.onAttempt(made)
    if (made.failure === null || made.exchange.deadline === 'request') return attempts
    failures.push({ ...made.failure, candidate: next.candidate })
  }
}

/** What is left for the request, at least 0; null: any time. */
function leftOf({ context: { clock, settings }, call }: AttemptLoopOptions): number | null {
  if (settings.requestTimeoutMs === null) return null
  const goneMs = (clock.monoNs() - call.receivedNs) / nsPerMs
  return Math.max(0, settings.requestTimeoutMs - goneMs)
}

function reasonAfter(reason: string, previous: Attempt | undefined): string {
  if (!previous) return reason
  return `${reason}; after ${errorTypeOf(previous.exchange)} at ${previous.candidate.endpoint.id}`
}
