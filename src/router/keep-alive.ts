import { type Clock, nsPerMs } from '../core/index.ts'

/** When to say that a silent stream is still alive. */
export interface KeepAliveOptions {
  readonly clock: Clock
  /** Silence before the first comment, and between later ones. */
  readonly firstMs: number
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Monotonic nanoseconds of the last write. */
  readonly lastWriteNs: () => number
  readonly sendComment: () => void
}

/** Sends a comment after each silence until the signal aborts; then resolves. */
export async function keepAlive(options: KeepAliveOptions): Promise<void> {
  const { clock, signal, lastWriteNs } = options
  let silenceNs = options.firstMs * nsPerMs
  try {
    for (;;) {
      const dueNs = lastWriteNs() + silenceNs
      await clock.sleepUntil(dueNs, signal)
      // Something may have been written meanwhile; then the silence starts again.
      if (lastWriteNs() + silenceNs > clock.monoNs()) continue
      options.sendComment()
      silenceNs = options.everyMs * nsPerMs
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
