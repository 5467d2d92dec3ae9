import type { Rng } from '../core/index.ts'

/** The numbers of retries at the same endpoint. */
export interface RetrySettings {
  /** Upper bound of the first wait; doubles with each further one. */
  readonly baseMs: number
  readonly capMs: number
  /** Most of them in one request, changes of the key apart. */
  readonly maxRetries: number
  /** A provider that asks for a longer wait is not retried. */
  readonly maxWaitMs: number
}

/** Defaults, our choice. */
export const defaultRetrySettings: RetrySettings = Object.freeze({
  baseMs: 500,
  capMs: 8_000,
  maxRetries: 2,
  maxWaitMs: 30_000,
})

/** What a wait depends on. */
export interface BackoffOptions {
  /** Retries so far; 0 before the first. */
  readonly retries: number
  /** What the provider asked for, at most `longestMs`; 0: nothing. */
  readonly askedMs: number
  /** Within reach of the request's deadline. */
  readonly longestMs: number
  readonly settings: Pick<RetrySettings, 'baseMs' | 'capMs'>
}

/**
 * How long to wait before the next attempt at the same endpoint, in whole milliseconds from 1: uniform up to
 * min(cap, base · 2^n), on top of what the provider asked for, so that callers that failed together do not come back
 * together (full jitter). Never less than was asked for, never beyond `longestMs`. Pure but for the draw.
 */
export function backoffMs({ retries, askedMs, longestMs, settings }: BackoffOptions, rng: Rng): number {
  const boundMs = Math.min(settings.capMs, settings.baseMs * 2 ** retries, longestMs - askedMs)
  return Math.max(1, Math.ceil(askedMs) + Math.floor(rng.next() * (boundMs + 1)))
}
