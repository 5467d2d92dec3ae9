import { type Clock, nsPerMs } from './clock.ts'

/** A clock that moves only when told to; used by tests and by virtual-time simulation. */
interface VirtualClock extends Clock {
  /** Moves time forward by `ms`, waking sleepers in order of their due time. */
  advanceMs(ms: number): Promise<void>
}

interface Sleeper {
  readonly dueNs: number
  readonly wake: () => void
}

/**
 * A virtual clock that starts at monotonic 0 and wall time `startEpochUs`.
 * Deterministic: sleepers wake in due order, and each may sleep again before time moves on.
 */
export function createVirtualClock(startEpochUs = 1_700_000_000_000_000): VirtualClock {
  let nowNs = 0
  let sleepers: readonly Sleeper[] = []
  const toEpochUs = (atNs: number) => startEpochUs + Math.round(atNs / 1000)

  function sleepUntil(dueNs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (dueNs <= nowNs) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper = { dueNs, wake }
      const onAbort = () => {
        sleepers = sleepers.filter(other => other !== sleeper)
        reject(signal?.reason)
      }
      sleepers = [...sleepers, sleeper].toSorted((a, b) => a.dueNs - b.dueNs)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  async function advanceMs(ms: number): Promise<void> {
    const endNs = nowNs + Math.round(ms * nsPerMs)
    for (let next = sleepers[0]; next && next.dueNs <= endNs; next = sleepers[0]) {
      sleepers = sleepers.slice(1)
      nowNs = next.dueNs
      next.wake()
      await settle()
    }
    nowNs = endNs
    await settle()
  }
  return Object.freeze({
    monoNs: () => nowNs,
    epochUs: () => toEpochUs(nowNs),
    toEpochUs,
    sleepUntil,
    advanceMs,
  })
}

/** Lets promise chains that a wake-up started run to their next real wait. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
