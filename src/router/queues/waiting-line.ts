import type { Clock } from '../../core/index.ts'

/** How long someone waits. */
export interface Patience {
  /** Aborted: leaves the line. */
  readonly signal: AbortSignal
  /** Monotonic nanoseconds at which it gives up. */
  readonly untilNs: number
}

/** Those who wait for something, first come, first served. */
export interface WaitingLine<Thing> {
  /** Resolves with a thing, or when it gives up or leaves. Never rejects. */
  join(patience: Patience): Promise<Thing | 'late' | 'gone'>
  /** Hands out what `next` gives, to the first in line first, until it gives null or nobody waits. */
  serve(next: () => Thing | null): void
  length(): number
}

/** Makes an empty line. Waits are timers of the clock. */
export function createWaitingLine<Thing>(clock: Clock): WaitingLine<Thing> {
  // A Set iterates in order of insertion. Whoever answers is in it, and answers once.
  const waiting = new Set<(answer: Thing | 'late' | 'gone') => void>()

  function join({ signal, untilNs }: Patience): Promise<Thing | 'late' | 'gone'> {
    const { promise, resolve } = Promise.withResolvers<Thing | 'late' | 'gone'>()
    const over = new AbortController()
    const answer = (given: Thing | 'late' | 'gone') => {
      waiting.delete(answer)
      over.abort(null)
      signal.removeEventListener('abort', leave)
      resolve(given)
    }
    const leave = () => answer('gone')
    const giveUp = () => {
      // A timer may have fired in the moment in which the wait was over.
      if (waiting.has(answer)) answer('late')
    }
    waiting.add(answer)
    signal.addEventListener('abort', leave, { once: true })
    clock.sleepUntil(untilNs, over.signal).then(giveUp, () => undefined)
    return promise
  }

  return Object.freeze<WaitingLine<Thing>>({
    join,
    serve: next => {
      for (const answer of waiting) {
        const thing = next()
        if (thing === null) return
        answer(thing)
      }
    },
    length: () => waiting.size,
  })
}
