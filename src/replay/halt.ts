import type { Clock } from '../core/index.ts'
import type { RunConduct } from './validity.ts'

/** Stops further sends: at the caller's wish, or when a budget is reached. */
export interface Halt {
  readonly signal: AbortSignal
  reason(): RunConduct['stopped']
  budgetReached(): void
  end(): void
}

interface HaltOptions {
  readonly signal: AbortSignal
  readonly maxSeconds: number | null
}

/** A longer timer would fire at once; 24 days stand for never. */
const longestTimerMs = 2 ** 31 - 1

/** Halts when `signal` aborts or after `maxSeconds` (null: never). */
export function createHalt({ signal, maxSeconds }: HaltOptions): Halt {
  const controller = new AbortController()
  let reason: RunConduct['stopped'] = null
  const stop = (why: 'interrupted' | 'budget') => {
    reason ??= why
    controller.abort(new Error(why))
  }
  const interrupted = () => stop('interrupted')
  if (signal.aborted) interrupted()
  signal.addEventListener('abort', interrupted, { once: true })
  const timer =
    maxSeconds === null
      ? undefined
      : setTimeout(() => stop('budget'), Math.min(maxSeconds * 1000, longestTimerMs))
  return {
    signal: controller.signal,
    reason: () => reason,
    budgetReached: () => stop('budget'),
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupted)
    },
  }
}

/** False when halted before the due time. */
export async function sleptUntil(clock: Clock, dueNs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleepUntil(dueNs, signal)
    return !signal.aborted
  } catch {
    // The only reason to wake early is the halt signal.
    return false
  }
}
