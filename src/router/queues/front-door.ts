import type { Clock } from '../../core/index.ts'
import { type ApiError, apiError } from '../api-error.ts'
import { createPlaceQueue, type QueueLimits } from './place-queue.ts'

/** Lets requests in, as many at once as there may be. */
export interface FrontDoor {
  /** Lets a request in, to `leave` when it has ended; or says what to answer instead (503 with a wait). */
  enter():
    | { readonly ok: true; readonly leave: () => void }
    | { readonly ok: false; readonly error: ApiError }
  /** Lets nobody in any more. */
  close(): void
  isClosed(): boolean
  /** null: no bound. */
  setLimit(maxRequests: number | null): void
}

/** Another router, or the next process, answers at once. */
const closedRetryMs = 1_000

/** Makes the door of one router, open. Nobody waits before it: under too much load waiting makes everything late. */
export function createFrontDoor(clock: Clock, maxRequests: number | null): FrontDoor {
  const places = createPlaceQueue(clock, limitsOf(maxRequests))
  let isClosed = false

  function refused(type: 'router_closing' | 'router_overloaded', message: string, retryAfterMs: number) {
    return { ok: false, error: { ...apiError(type, message), retryAfterMs } } as const
  }

  return Object.freeze<FrontDoor>({
    enter: () => {
      if (isClosed) return refused('router_closing', 'The router is shutting down', closedRetryMs)
      const place = places.tryEnter()
      if (place) return { ok: true, leave: place.leave }
      return refused('router_overloaded', 'Too many requests are under way', places.expectedWaitMs())
    },
    close: () => {
      isClosed = true
    },
    isClosed: () => isClosed,
    setLimit: next => places.setLimits(limitsOf(next)),
  })
}

function limitsOf(maxConcurrent: number | null): QueueLimits {
  return { maxConcurrent, maxWaiting: 0, maxWaitMs: 0 }
}
