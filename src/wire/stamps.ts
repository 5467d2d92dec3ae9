import { nsPerMs } from '../core/index.ts'
import type { Stamps } from './types.ts'

/** Collects the instants of one exchange. Each first is taken once; later calls do not move it. */
export interface Stopwatch {
  headers(atNs: number): void
  byte(atNs: number): void
  comment(atNs: number): void
  token(kind: { readonly visible: boolean; readonly tool: boolean }, atNs: number): void
  hasToken(): boolean
  /** Nobody listens from now on, since the reader of the answer is slower than its writer. */
  pause(atNs: number): void
  resume(atNs: number): void
  /** Whether, without its pauses, the exchange has taken so long. */
  wasHeardFor(ms: number, atNs: number): boolean
  stop(closedNs: number): Stamps
}

/** Starts a stopwatch at `sentNs`. Monotonic nanoseconds throughout. */
export function startStopwatch(sentNs: number): Stopwatch {
  let headersNs: number | null = null
  let firstByteNs: number | null = null
  let firstCommentNs: number | null = null
  let firstTokenNs: number | null = null
  let firstVisibleNs: number | null = null
  let firstToolNs: number | null = null
  let lastTokenNs: number | null = null
  let gapSinceNs: number | null = null
  let maxGapNs: number | null = null
  let pausedSinceNs: number | null = null
  let endedPausesNs = 0
  let chunks = 0

  const pausedNs = (atNs: number) => endedPausesNs + (pausedSinceNs === null ? 0 : atNs - pausedSinceNs)

  return {
    headers: atNs => {
      headersNs ??= atNs
    },
    byte: atNs => {
      firstByteNs ??= atNs
    },
    comment: atNs => {
      firstCommentNs ??= atNs
    },
    token: ({ visible, tool }, atNs) => {
      firstTokenNs ??= atNs
      if (visible) firstVisibleNs ??= atNs
      if (tool) firstToolNs ??= atNs
      if (gapSinceNs !== null) maxGapNs = Math.max(maxGapNs ?? 0, atNs - gapSinceNs)
      gapSinceNs = atNs
      lastTokenNs = atNs
      chunks++
    },
    hasToken: () => firstTokenNs !== null,
    pause: atNs => {
      pausedSinceNs ??= atNs
      // What comes after it was held back by us: no gap of the upstream's.
      gapSinceNs = null
    },
    resume: atNs => {
      endedPausesNs = pausedNs(atNs)
      pausedSinceNs = null
    },
    wasHeardFor: (ms, atNs) => pausedNs(atNs) === 0 || atNs - sentNs - pausedNs(atNs) >= ms * nsPerMs,
    stop: closedNs => ({
      sentNs,
      headersNs,
      firstByteNs,
      firstCommentNs,
      firstTokenNs,
      firstVisibleNs,
      firstToolNs,
      lastTokenNs,
      closedNs,
      maxGapNs,
      pausedNs: pausedNs(closedNs),
      chunks,
    }),
  }
}
