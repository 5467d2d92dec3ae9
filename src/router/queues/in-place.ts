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
 * place in time nothing is sent, and the exchange says why: `queue_full`, `queue_timeout` or `canceled`.
 */
export async function inPlace(
  { queues, clock }: { readonly queues: ProviderQueues; readonly clock: Clock },
  { providerId, signal, deadlines, call }: CallInPlace,
): Promise<CalledInPlace> {
  const { requestMs = null } = deadlines
  const untilNs = requestMs === null ? Number.MAX_SAFE_INTEGER : clock.monoNs() + requestMs * nsPerMs
  const place = await queues.enter(providerId, { signal, untilNs })
  const { waitedNs: queuedNs } = place
  if (place.kind !== 'granted') return { exchange: withoutPlace(place, clock), queuedNs }
  try {
    const leftMs = requestMs === null ? null : Math.max(requestMs - queuedNs / nsPerMs, 0)
    return { exchange: await call({ ...deadlines, requestMs: leftMs }), queuedNs }
  } finally {
    place.leave()
  }
}

function withoutPlace(entry: Exclude<Entry, { kind: 'granted' }>, clock: Clock): Exchange {
  const atNs = clock.monoNs()
  if (entry.kind === 'canceled') return unsentExchange({ outcome: { kind: 'canceled' }, atNs })
  const waited =
    entry.kind === 'queue_full' ? 'too many wait for a place' : 'no place at the provider came free in time'
  return unsentExchange({ outcome: errorOf(entry.kind, waited), atNs, retryAfterMs: entry.retryAfterMs })
}
