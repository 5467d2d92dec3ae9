import { type Clock, messageOf, nsPerMs } from '../core/index.ts'
import type { Store } from './store.ts'
import { uploadJournal } from './upload.ts'

/** How a background upload is doing. */
interface UploadStatus {
  readonly segments: number
  readonly rows: number
  /** Failed rounds since the last good one; 0 when all is well. */
  readonly failures: number
  /** Why the last round failed; empty when it did not. */
  readonly lastError: string
}

/** Uploads a journal in the background until stopped. */
export interface JournalWatch {
  status(): UploadStatus
  /** Ends now; what is not uploaded stays for the next upload. */
  stop(): Promise<void>
}

export interface JournalWatchOptions {
  readonly dir: string
  readonly store: Store
  readonly clock: Clock
  /** Wait between rounds. Default 1000. */
  readonly intervalMs?: number
  /** Longest wait after failures; each failure doubles the wait. Default 30 000. */
  readonly maxBackoffMs?: number
  /** Called with what a failed round threw, for a log. */
  readonly onError?: (error: unknown) => void
}

/** Starts uploading sealed segments as they appear. Failures are counted and tried again, never thrown. */
export function watchJournal(options: JournalWatchOptions): JournalWatch {
  const { dir, store, clock, intervalMs = 1000, maxBackoffMs = 30_000, onError = () => {} } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let status: UploadStatus = { segments: 0, rows: 0, failures: 0, lastError: '' }

  function count(rows: number): void {
    status = { ...status, segments: status.segments + 1, rows: status.rows + rows }
  }

  async function round(): Promise<void> {
    try {
      await uploadJournal({ dir, store, signal, onSegment: count })
      status = { ...status, failures: 0, lastError: '' }
    } catch (error) {
      if (signal.aborted) return
      status = { ...status, failures: status.failures + 1, lastError: messageOf(error) }
      onError(error)
    }
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      await round()
      const waitMs = Math.min(maxBackoffMs, intervalMs * 2 ** Math.min(status.failures, 16))
      await clock.sleepUntil(clock.monoNs() + waitMs * nsPerMs, signal).catch(() => {})
    }
  }

  const running = loop()
  return Object.freeze({
    status: () => status,
    stop: () => {
      stopping.abort()
      return running
    },
  })
}
