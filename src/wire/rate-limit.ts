import { resetEpochMs } from './limit-reset.ts'
import { asArray, asObject, asText } from './json.ts'

/** What rate-limit headers say is left; null when they do not say. */
export interface RateLimitState {
  readonly remainingRequests: number | null
  readonly remainingTokens: number | null
}

type Headers = Readonly<Record<string, string>>

/** What a record's column holds. */
const maxRemaining = 2 ** 32 - 1
/** Longest wait of a timer, 24.8 days; a longer one would end at once. */
const maxWaitMs = 2 ** 31 - 1

/**
 * Reads the remaining allowance from OpenAI-style (`x-ratelimit-remaining-*`) or Anthropic-style
 * (`anthropic-ratelimit-*-remaining`) headers. A number beyond 32 bits says nothing. Pure.
 */
export function rateLimitState(headers: Headers): RateLimitState {
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

/** What an answer tells of how long to wait. */
export interface WaitingAnswer {
  readonly status: number
  /** With names in lower case. */
  readonly headers: Headers
  /** Parsed; anything. */
  readonly body: unknown
}

/**
 * The wait an answer asks for, from now, in whole milliseconds of at most 24.8 days; null when it names none, or one
 * that is over. In this order: `retry-after-ms`; `retry-after` in seconds or as an HTTP date (RFC 9110 section 10.2.3);
 * and in a 429 Gemini's RetryInfo in the body, then the reset of the limits that are used up, in any dialect. Pure.
 */
export function retryAfterMs({ status, headers, body }: WaitingAnswer, nowEpochMs: number): number | null {
  const named = positive(headers['retry-after-ms']) ?? retryAfterOf(headers['retry-after'], nowEpochMs)
  const told = status === 429 ? (named ?? retryInfoMs(body) ?? usedUpMs(headers, nowEpochMs)) : named
  return told === null ? null : Math.min(Math.ceil(told), maxWaitMs)
}

function positive(text: string | number | undefined): number | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return value >= 0 ? value : null
}

function retryAfterOf(text: string | undefined, nowEpochMs: number): number | null {
  if (text === undefined) return null
  const isSeconds = /^\d+(\.\d+)?$/.test(text)
  return positive(isSeconds ? Number(text) * 1000 : Date.parse(text) - nowEpochMs)
}

/** `google.rpc.RetryInfo`: a duration such as `34.4s`, which is all that Gemini tells. */
function retryInfoMs(body: unknown): number | null {
  const first: unknown = Array.isArray(body) ? body[0] : body
  const details = asArray(asObject(asObject(first)?.['error'])?.['details'])
  const delay = details.map(detail => asText(asObject(detail)?.['retryDelay'])).find(text => text !== '')
  return /^\d+(\.\d+)?s$/.test(delay ?? '') ? Number(delay?.slice(0, -1)) * 1000 : null
}

/** Where each family of headers has limit, what remains of it and when it is full again. */
const families = [
  ...['-requests', '-tokens', ''].map(what => ({
    limit: `x-ratelimit-limit${what}`,
    remaining: `x-ratelimit-remaining${what}`,
    reset: `x-ratelimit-reset${what}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(what => ({
    limit: `anthropic-ratelimit-${what}-limit`,
    remaining: `anthropic-ratelimit-${what}-remaining`,
    reset: `anthropic-ratelimit-${what}-reset`,
  })),
]

/**
 * The wait until all limits that are used up are full again. Where none is, a request was larger than what was left of
 * one, presumably of the one with the smallest share left.
 */
function usedUpMs(headers: Headers, nowEpochMs: number): number | null {
  const limits = families.flatMap(({ limit, remaining, reset }) => {
    const endsMs = resetEpochMs(headers[reset] ?? '', nowEpochMs)
    const left = positive(headers[remaining])
    const all = positive(headers[limit])
    const share = left === 0 || left === null || !all ? left : left / all
    return endsMs === null || share === null ? [] : [{ share, waitMs: endsMs - nowEpochMs }]
  })
  const least = Math.min(...limits.map(({ share }) => share))
  const waits = limits.filter(({ share }) => share === least).map(({ waitMs }) => waitMs)
  return waits.length === 0 ? null : positive(Math.max(...waits))
}
