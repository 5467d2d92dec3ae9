import { type Clock, nsPerMs } from '../../core/index.ts'
import { type Deadlines, errorOf, type Exchange, unsentExchange } from '../../wire/index.ts'
import type { Entry } from './place-queue.ts'
import type { ProviderQueues } from './provider-queues.ts'

/** A call that needs a place at its provider. */
export interface CallInPlace {
  readonly providerId: string
  readonly signal: AbortSignal
  readonly deadlines: Deadlines
  /** Makes the call. Never rejects. */
  readonly call: (deadlines: Deadlines) => Promise<Exchange>
}

/** A call that was made, or not. */
export interface CalledInPlace {
  readonly exchange: Exchange
  /** How long it waited for a place. */
  readonly queuedNs: number
}

/**
 * Makes a call as soon as there is a place at its provider. Its deadlines begin then, but for that of the request. Without a
 * place in time nothing is sent, and the exchange says why: `queue_full`, `queue_timeout`, `timeout_request` or `canceled`.
 */
export async function inPlace(
  { queues, clock }: { readonly queues: ProviderQueues; readonly clock: Clock },
  { providerId, signal, deadlines, call }: CallInPlace,
): Promise<CalledInPlace> {
  const { requestMs = null } = deadlines
  const untilNs = requestMs === null ? Number.MAX_SAFE_INTEGER : clock.monoNs() + requestMs * nsPerMs
  const place = await queues.enter(providerId, { signal, untilNs })
  const { waitedNs: queuedNs } = place
  try {
    const leftMs = (untilNs - clock.monoNs()) / nsPerMs
    if (place.kind !== 'granted' || leftMs <= 0) {
      return { exchange: withoutCall(place, { atNs: clock.monoNs(), isLate: leftMs <= 0 }), queuedNs }
    }
    const hasWaited = queuedNs > 0 && requestMs !== null
    return { exchange: await call(hasWaited ? { ...deadlines, requestMs: leftMs } : deadlines), queuedNs }
  } finally {
    if (place.kind === 'granted') place.leave()
  }
}

function withoutCall(
  entry: Entry,
  { atNs, isLate }: { readonly atNs: number; readonly isLate: boolean },
): Exchange {
  if (entry.kind === 'canceled') return unsentExchange({ outcome: { kind: 'canceled' }, atNs })
  if (isLate || entry.kind === 'granted') {
    const outcome = errorOf('timeout_request', 'the time of the request passed in the queue')
    return unsentExchange({ outcome, atNs, deadline: 'request' })
  }
  const { kind, retryAfterMs } = entry
  return unsentExchange({ outcome: errorOf(kind, reasons[kind]), atNs, retryAfterMs })
}

const reasons = {
  queue_full: 'too many requests wait for a place at the provider',
  queue_timeout: 'no place at the provider came free in time',
} as const
