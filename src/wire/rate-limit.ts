/** What rate-limit headers say is left; null when they do not say. */
export interface RateLimitState {
  readonly remainingRequests: number | null
  readonly remainingTokens: number | null
}

/**
 * Reads the remaining allowance from OpenAI-style (`x-ratelimit-remaining-*`) or Anthropic-style
 * (`anthropic-ratelimit-*-remaining`) headers. Pure.
 */
export function rateLimitState(headers: Readonly<Record<string, string>>): RateLimitState {
  const read = (...names: readonly string[]) => {
    const found = names.map(name => headers[name]).find(value => value !== undefined && /^\d+$/.test(value))
    return found === undefined ? null : Number(found)
  }
  return {
    remainingRequests: read('x-ratelimit-remaining-requests', 'anthropic-ratelimit-requests-remaining'),
    remainingTokens: read('x-ratelimit-remaining-tokens', 'anthropic-ratelimit-tokens-remaining'),
  }
}

/**
 * The wait an answer asks for: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date (RFC 9110
 * section 10.2.3). Null when there is none or it lies in the past. Pure.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowEpochMs: number): number | null {
  const millis = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (Number.isFinite(millis) && millis >= 0) return Math.round(millis)
  const text = headers['retry-after']
  if (text === undefined) return null
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowEpochMs
  return Number.isFinite(waitMs) && waitMs >= 0 ? Math.round(waitMs) : null
}
