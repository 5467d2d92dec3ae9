import { type Clock, nsPerMs } from '../../core/index.ts'
import { createWaitingLine, type Patience } from './waiting-line.ts'

/** What bounds the requests under way at one place, such as a provider. */
export interface QueueLimits {
  /** Requests under way at once; null: no bound. */
  readonly maxConcurrent: number | null
  /** Requests that may wait for a place; 0: none. */
  readonly maxWaiting: number
  readonly maxWaitMs: number
}

/** A place. */
export interface Granted {
  readonly kind: 'granted'
  readonly waitedNs: number
  /** Gives the place back. Once is enough; more does nothing. */
  readonly leave: () => void
}

/** What became of asking for a place. */
export type Entry =
  | Granted
  | {
      readonly kind: 'queue_full' | 'queue_timeout'
      readonly waitedNs: number
      /** When a place may be free, as far as can be told. */
      readonly retryAfterMs: number
    }
  | { readonly kind: 'canceled'; readonly waitedNs: number }

/** Places of a bounded number, and a bounded line of those who wait for one, first come, first served. */
export interface PlaceQueue {
  /** A place at once, or null. */
  tryEnter(): Granted | null
  /** A place, now or when one is free. Never rejects. */
  enter(patience: Patience): Promise<Entry>
  /** How long a newcomer would have to wait, by how long places were held so far: 1 to 60 s. */
  expectedWaitMs(): number
  /** Takes other limits. Who has a place keeps it, and who waits goes on waiting as long as was said then. */
  setLimits(limits: QueueLimits): void
  /** Whether nobody has a place or waits for one. */
  isIdle(): boolean
}

/** Weight of the last holder in the mean time that a place is held. */
const newestWeight = 0.2
const shortestRetryMs = 1_000
const longestRetryMs = 60_000

/** Makes places that are all free. Waits are timers of the clock. */
export function createPlaceQueue(clock: Clock, initial: QueueLimits): PlaceQueue {
  let limits = initial
  let taken = 0
  let meanHeldNs: number | null = null
  // While someone waits, no place is free: both `leave` and `setLimits` serve the line.
  const line = createWaitingLine<Granted>(clock)

  function tryEnter(): Granted | null {
    if (limits.maxConcurrent !== null && taken >= limits.maxConcurrent) return null
    const sinceNs = clock.monoNs()
    let isHeld = true
    taken++
    const leave = () => {
      if (!isHeld) return
      isHeld = false
      taken--
      const heldNs = clock.monoNs() - sinceNs
      meanHeldNs = meanHeldNs === null ? heldNs : meanHeldNs + newestWeight * (heldNs - meanHeldNs)
      line.serve(tryEnter)
    }
    return { kind: 'granted', waitedNs: 0, leave }
  }

  function expectedWaitMs(): number {
    const eachNs = (meanHeldNs ?? 0) / Math.max(limits.maxConcurrent ?? 1, 1)
    const waitMs = Math.ceil(((line.length() + 1) * eachNs) / nsPerMs)
    return Math.min(Math.max(waitMs, shortestRetryMs), longestRetryMs)
  }

  async function enter({ signal, untilNs }: Patience): Promise<Entry> {
    if (signal.aborted) return { kind: 'canceled', waitedNs: 0 }
    const free = tryEnter()
    if (free) return free
    const refused = (kind: 'queue_full' | 'queue_timeout', waitedNs: number) =>
      ({ kind, waitedNs, retryAfterMs: expectedWaitMs() }) as const
    if (line.length() >= limits.maxWaiting) return refused('queue_full', 0)
    const askedNs = clock.monoNs()
    const dueNs = askedNs + limits.maxWaitMs * nsPerMs
    const given = await line.join({ signal, untilNs: Math.min(untilNs, dueNs) })
    const waitedNs = clock.monoNs() - askedNs
    if (given === 'late') return refused('queue_timeout', waitedNs)
    return given === 'gone' ? { kind: 'canceled', waitedNs } : { ...given, waitedNs }
  }

  return Object.freeze<PlaceQueue>({
    tryEnter,
    enter,
    expectedWaitMs,
    setLimits: next => {
      limits = next
      line.serve(tryEnter)
    },
    isIdle: () => taken === 0 && line.length() === 0,
  })
}
