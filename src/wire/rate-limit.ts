/** What rate-limit headers say is left; null when they do not say. */
export interface RateLimitState {
  readonly remainingRequests: number | null
  readonly remainingTokens: number | null
}

/** What a record's column holds. */
const maxRemaining = 2 ** 32 - 1
/** Longest wait of a timer, 24.8 days; a longer one would end at once. */
const maxWaitMs = 2 ** 31 - 1

/**
 * Reads the remaining allowance from OpenAI-style (`x-ratelimit-remaining-*`) or Anthropic-style
 * (`anthropic-ratelimit-*-remaining`) headers. A number beyond 32 bits says nothing. Pure.
 */
export function rateLimitState(headers: Readonly<Record<string, string>>): RateLimitState {
  const read = (...names: readonly string[]) => {
    const found = names.map(name => headers[name]).find(value => value !== undefined && /^\d+$/.test(value))
    const remaining = Number(found)
    return remaining <= maxRemaining ? remaining : null
  }
  return {
    remainingRequests: read('x-ratelimit-remaining-requests', 'anthropic-ratelimit-requests-remaining'),
    remainingTokens: read('x-ratelimit-remaining-tokens', 'anthropic-ratelimit-tokens-remaining'),
  }
}

/**
 * The wait an answer asks for: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date (RFC 9110
 * section 10.2.3), at most 24.8 days. Null when there is none or it lies in the past. Pure.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowEpochMs: number): number | null {
  return (
    boundedWait(headers['retry-after-ms'] ?? Number.NaN) ?? boundedWait(secondsOrDate(headers, nowEpochMs))
  )
}

function secondsOrDate(headers: Readonly<Record<string, string>>, nowEpochMs: number): number {
  const text = headers['retry-after']
  if (text === undefined) return Number.NaN
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowEpochMs
}

/** Null for no number and for the past. */
function boundedWait(wait: string | number): number | null {
  const waitMs = Math.round(Number(wait))
  return waitMs >= 0 ? Math.min(waitMs, maxWaitMs) : null
}
