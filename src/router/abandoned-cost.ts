import type { Provider } from '../catalog/index.ts'
import type { Exchange } from '../wire/index.ts'

/** Why the cost of an attempt that we gave up is not known: it is billed in full, or what was made until then is. */
export type AbandonedReason = 'canceled_in_full' | 'canceled_midway'

/** An attempt that was given up: by its caller, for a faster one, or at a deadline. */
export interface Abandoned {
  readonly provider: Pick<Provider, 'billsCanceled'>
  readonly exchange: Pick<Exchange, 'status' | 'outcome' | 'deadline'>
  readonly stream: boolean
}

/** Whether we closed the connection while the provider was at work. Pure. */
export function isAbandoned({ outcome, deadline }: Abandoned['exchange']): boolean {
  return outcome.kind === 'canceled' || (deadline !== null && deadline !== 'connect')
}

/**
 * Why nobody but the provider knows what an attempt costs that was given up without usage; null: it costs nothing. A
 * provider that stops at a cancellation bills a stream by what was made of it until then, which is nothing before it
 * began. Answers that are not streamed, and others at other providers, are made and billed to their end (OpenRouter's
 * docs: streaming, cancellation). Pure.
 */
export function abandonedReason({ provider, exchange, stream }: Abandoned): AbandonedReason | null {
  if (provider.billsCanceled || !stream) return 'canceled_in_full'
  return exchange.status === 0 ? null : 'canceled_midway'
}
