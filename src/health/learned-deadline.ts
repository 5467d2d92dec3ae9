import type { EndpointHealth } from './endpoint-health.ts'

/** The numbers of a learned deadline. */
export interface LearnedDeadlineSettings {
  /** Times the 99th percentile of the endpoint's time to first token. */
  readonly factor: number
  readonly minMs: number
  readonly maxMs: number
  /** Fewest first tokens within the window of the quantiles. */
  readonly minSamples: number
}

/** Defaults, our choice: far enough from usual waits to cut off nothing but outliers. */
export const defaultLearnedDeadlineSettings: LearnedDeadlineSettings = Object.freeze({
  factor: 3,
  minMs: 1_000,
  maxMs: 60_000,
  minSamples: 20,
})

/**
 * How long to wait for an endpoint's first token, from what it did of late, in milliseconds; null: too little is known.
 * Only answers are samples, and only for some minutes: an endpoint that has become slower for good is cut off until its
 * samples are forgotten, then measured anew. Pure.
 */
export function learnedFirstTokenMs(
  { ttftMs, ttftSamples }: Pick<EndpointHealth, 'ttftMs' | 'ttftSamples'>,
  settings: LearnedDeadlineSettings,
): number | null {
  const { factor, minMs, maxMs, minSamples } = settings
  if (ttftMs === null || ttftSamples < minSamples) return null
  return Math.ceil(Math.min(Math.max(ttftMs.p99 * factor, minMs), maxMs))
}
