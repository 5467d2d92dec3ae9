import type { Stamps } from './types.ts'

/** Collects the instants of one exchange. Each first is taken once; later calls do not move it. */
export interface Stopwatch {
  headers(atNs: number): void
  byte(atNs: number): void
  comment(atNs: number): void
  token(kind: { readonly visible: boolean; readonly tool: boolean }, atNs: number): void
  hasToken(): boolean
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
  let maxGapNs: number | null = null
  let chunks = 0

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
      if (lastTokenNs !== null) maxGapNs = Math.max(maxGapNs ?? 0, atNs - lastTokenNs)
      lastTokenNs = atNs
      chunks++
    },
    hasToken: () => firstTokenNs !== null,
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
      chunks,
    }),
  }
}
