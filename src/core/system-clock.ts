// oxlint-disable no-restricted-globals -- the one file of core that reads the machine's clock; all others take a Clock
import { type Clock, nsPerMs } from './clock.ts'

/** Longest delay `setTimeout` takes; beyond it Node fires at once. */
const maxTimerMs = 2 ** 31 - 1

/**
 * The real clock. Made once per process, in the composition root.
 *
 * Timers fire up to about 1 ms late (Node's timer wheel counts whole milliseconds).
 */
export function createSystemClock(): Clock {
  const anchorUs = Math.round(performance.timeOrigin * 1000)
  const toEpochUs = (atNs: number) => anchorUs + Math.round(atNs / 1000)

  async function sleepUntil(dueNs: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const leftMs = (dueNs - monoNs()) / nsPerMs
      if (leftMs <= 0) return
      await sleepMs(Math.min(leftMs, maxTimerMs), signal)
    }
  }
  return Object.freeze({ monoNs, toEpochUs, epochUs: () => toEpochUs(monoNs()), sleepUntil })
}

function sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function monoNs(): number {
  return Math.round(performance.now() * nsPerMs)
}
