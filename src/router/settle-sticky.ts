import { type StickyOutcome, stickyOutcome } from '../policy/index.ts'
import { errorTypeOf, type Exchange } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { hasHourMark } from './hour-mark.ts'
import { modelPinKey, poolPinKey } from './pin-table.ts'
import type { Route } from './route.ts'

/** A request that was never routed has no pin to speak of. */
export const neverRouted: StickyOutcome = Object.freeze({
  result: 'none',
  reason: '',
  pin: null,
  poolPin: null,
})

/** What settling looks at of an attempt. */
export interface TriedAttempt
  extends Pick<Attempt, 'candidate' | 'failure'>,
    Partial<Pick<Attempt, 'isLost'>> {
  readonly exchange: Pick<Exchange, 'status' | 'usage' | 'outcome'>
}

/** Pins the conversation to the endpoint that answered, and says what became of its old pin. */
export function settleSticky(
  { pins, clock, settings: { policy } }: Pick<RouterContext, 'pins' | 'clock' | 'settings'>,
  { route, request }: { readonly route: Route; readonly request: ChatRequest },
  attempts: readonly TriedAttempt[],
): StickyOutcome {
  const last = attempts.at(-1)
  const served = last?.failure === null ? last.candidate.endpoint : null
  const { conversation } = route.sticky
  const poolKey = served && usedPoolKey(route, served.modelId)
  const outcome = stickyOutcome({
    plan: route.sticky,
    decision: route.decision,
    request: route.request,
    settings: policy,
    failures: attempts.filter(({ failure }) => failure !== null).map(failureOf),
    served,
    usedCache: usedCache(last),
    hasHourMark: policy.stickyTtl === 'cache' && hasHourMark(request.body),
    nowNs: clock.monoNs(),
    poolPin: pins.get(poolKey ?? ''),
  })
  if (conversation && served && outcome.pin) {
    pins.set(modelPinKey(conversation, served.modelId), outcome.pin)
  }
  if (poolKey && outcome.poolPin) pins.set(poolKey, outcome.poolPin)
  return outcome
}

/** Where it is remembered that the conversation used a model of the pool that this one was picked from. */
function usedPoolKey({ request, sticky: { conversation } }: Route, modelId: string): string | null {
  const pool = request.models.find(model => model.modelId === modelId)?.pool
  return conversation && pool !== undefined ? poolPinKey(conversation, pool) : null
}

function failureOf({ candidate, exchange, isLost }: TriedAttempt) {
  if (isLost) return { endpointId: candidate.endpoint.id, how: 'a late first token' }
  const status = exchange.status > 0 ? ` (${exchange.status})` : ''
  return { endpointId: candidate.endpoint.id, how: `${errorTypeOf(exchange)}${status}` }
}

function usedCache(attempt: TriedAttempt | undefined): boolean {
  const usage = attempt?.exchange.usage
  return usage !== null && usage !== undefined && usage.cacheReadTokens + usage.cacheWriteTokens > 0
}
