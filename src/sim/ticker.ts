import { type Clock, nsPerMs } from '../core/index.ts'

/** Calls back at instants, with one timer for all of them. */
export interface Ticker {
  /**
   * Calls `run` once, at `dueNs` or up to about a millisecond later; at once when it has passed. Infinity: never.
   * @returns what to call when it is not wanted any more
   */
  at(dueNs: number, run: () => void): () => void
}

const nothing = () => undefined
/** Why a sleep ends early; made once, as each would cost a stack trace. */
const replaced = new Error('Another sleep takes its place.')
const awake = { tick: Infinity, stop: null }

/**
 * Makes a ticker on a clock. Instants are collected into ticks of one millisecond, so that thousands of streams
 * cost one timer a millisecond and not one for each piece they write.
 */
export function createTicker(clock: Clock): Ticker {
  /** What is due by the end of each millisecond of the monotonic clock. */
  const ticks = new Map<number, Set<() => void>>()
  let asleep: { readonly tick: number; readonly stop: AbortController | null } = awake

  function at(dueNs: number, run: () => void): () => void {
    if (dueNs <= clock.monoNs()) {
      run()
      return nothing
    }
    if (dueNs === Infinity) return nothing
    const tick = Math.ceil(dueNs / nsPerMs)
    const waiting = ticks.get(tick) ?? new Set()
    ticks.set(tick, waiting.add(run))
    if (tick < asleep.tick) sleepUntil(tick)
    return () => {
      waiting.delete(run)
      if (waiting.size > 0 || ticks.get(tick) !== waiting) return
      ticks.delete(tick)
      if (tick === asleep.tick) sleepUntil(earliest())
    }
  }

  function earliest(): number {
    let least = Infinity
    for (const tick of ticks.keys()) if (tick < least) least = tick
    return least
  }

  /** Sleeps until that tick instead of whatever it slept until. Infinity: not at all, no timer is left. */
  function sleepUntil(tick: number): void {
    asleep.stop?.abort(replaced)
    asleep = awake
    if (tick === Infinity) return
    const mine = { tick, stop: new AbortController() }
    asleep = mine
    clock.sleepUntil(tick * nsPerMs, mine.stop.signal).then(() => asleep === mine && wake(), nothing)
  }

  function wake(): void {
    asleep = awake
    const now = Math.floor(clock.monoNs() / nsPerMs)
    const due = [...ticks.keys()].filter(tick => tick <= now).toSorted((a, b) => a - b)
    for (const tick of due) {
      const runs = ticks.get(tick) ?? []
      ticks.delete(tick)
      for (const run of runs) run()
    }
    // What ran may have begun an earlier sleep already.
    const next = earliest()
    if (next < asleep.tick) sleepUntil(next)
  }
  return Object.freeze({ at })
}
