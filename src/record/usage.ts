import type { PicoUsd } from '../core/index.ts'

/**
 * Token counts of one answer in the inclusive convention: `inputTokens` contains cached and written tokens,
 * `outputTokens` contains reasoning. Wires normalise to it; provider dialects differ (see docs/metrics.md).
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
  /** Cost the answer itself named; null when it named none. */
  readonly reportedCost: PicoUsd | null
}
