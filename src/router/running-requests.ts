import type { ServerResponse } from 'node:http'
import { type Clock, nsPerMs } from '../core/index.ts'

/** The requests that a server is answering. */
export interface RunningRequests {
  /** A request runs until it has been dealt with and its answer has gone out, or its connection is gone. */
  add(res: ServerResponse, dealtWith: Promise<void>): void
  /** Resolves when those that run now have ended. */
  ended(): Promise<void>
  /** The same, but after `ms` at the latest. */
  endedWithin(ms: number): Promise<void>
}

/** Keeps the running requests of one server; none yet. */
export function createRunningRequests(clock: Clock): RunningRequests {
  const running = new Set<Promise<unknown>>()

  async function ended(): Promise<void> {
    await Promise.all(running)
  }

  async function endedWithin(ms: number): Promise<void> {
    const done = new AbortController()
    const late = clock.sleepUntil(clock.monoNs() + ms * nsPerMs, done.signal).catch(() => undefined)
    await Promise.race([ended(), late])
    done.abort(null)
  }

  return Object.freeze<RunningRequests>({
    add: (res, dealtWith) => {
      const gone = new Promise(resolve => res.once('close', resolve))
      const one = Promise.all([dealtWith, gone])
      running.add(one)
      void one.finally(() => running.delete(one))
    },
    ended,
    endedWithin,
  })
}
