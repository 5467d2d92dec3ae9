/** What is left alone after a failure: an API key at this endpoint only, or wherever it is used. */
export type CoolsDown = 'nothing' | 'endpoint' | 'key_at_endpoint' | 'key'

/** One finished attempt, as health sees it. */
export interface HealthEvent {
  readonly beganNs: number
  readonly atNs: number
  /**
   * `error`: counts against uptime. `refused`: the host forbids it (403), which is no error but no use either.
   * `ignored`: the caller's doing (bad request, cancellation).
   */
  readonly result: 'ok' | 'error' | 'rate_limit' | 'refused' | 'ignored'
  readonly coolsDown: CoolsDown
  /** API key that was used, by its name. */
  readonly keyAlias: string
  readonly retryAfterMs: number | null
  readonly ttftMs: number | null
  /** Output tokens over the whole time of the answer. */
  readonly tokensPerSecond: number | null
}
