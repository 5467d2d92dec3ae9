import type { Clock } from '../../core/index.ts'
import { createPlaceQueue, type Entry, type PlaceQueue, type QueueLimits } from './place-queue.ts'
import type { Patience } from './waiting-line.ts'

/** How many requests may be under way at providers, and wait to be. */
export interface QueueSettings {
  readonly everyProvider: QueueLimits
  /** By provider id, instead of those of every provider. */
  readonly providers: ReadonlyMap<string, QueueLimits>
}

/** Nobody waits unless a bound is set. */
export const defaultQueueSettings: QueueSettings = Object.freeze({
  everyProvider: Object.freeze({ maxConcurrent: null, maxWaiting: 100, maxWaitMs: 10_000 }),
  providers: new Map(),
})

/** The places of every provider, each with a line of its own. */
export interface ProviderQueues {
  /** A place at the provider, now or when one is free. Never rejects. Who was granted one has to leave it. */
  enter(providerId: string, patience: Patience): Promise<Entry>
  /** Takes other limits; places and lines stay. */
  configure(settings: QueueSettings): void
}

/** Makes the places of all providers, all of them free. In memory and of this process. */
export function createProviderQueues(clock: Clock, initial: QueueSettings): ProviderQueues {
  let settings = initial
  const queues = new Map<string, PlaceQueue>()

  const limitsOf = (providerId: string) => settings.providers.get(providerId) ?? settings.everyProvider

  function queueOf(providerId: string): PlaceQueue {
    const known = queues.get(providerId)
    if (known) return known
    const made = createPlaceQueue(clock, limitsOf(providerId))
    queues.set(providerId, made)
    return made
  }

  return Object.freeze<ProviderQueues>({
    enter: (providerId, patience) => queueOf(providerId).enter(patience),
    configure: next => {
      settings = next
      for (const [providerId, queue] of queues) {
        // Providers come and go with the catalogue.
        if (queue.isIdle()) queues.delete(providerId)
        else queue.setLimits(limitsOf(providerId))
      }
    },
  })
}
