import type { PicoUsd } from '../core/index.ts'

/**
 * Token counts of one answer in the inclusive convention: `inputTokens` contains cached, written, audio and image tokens,
 * `outputTokens` contains reasoning. Wires normalise to it; provider dialects differ (see docs/cost.md).
 */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  /** Of `cacheWriteTokens`, those written for an hour; left out: none. */
  readonly cacheWrite1hTokens?: number
  /** Of `inputTokens`, those that were audio; left out: none. */
  readonly audioTokens?: number
  /** Of `cacheReadTokens`, those that were audio; left out: not told. */
  readonly audioCacheReadTokens?: number
  /** Of `outputTokens`, those that were audio; left out: none. */
  readonly audioOutputTokens?: number
  /** Of `inputTokens`, those of images; left out: not told apart. */
  readonly imageTokens?: number
  /** Images that came out; left out: none. */
  readonly outputImages?: number
  /** Cost the answer itself named; null when it named none. */
  readonly reportedCost: PicoUsd | null
}
