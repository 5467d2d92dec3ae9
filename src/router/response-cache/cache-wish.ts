import type { IncomingHttpHeaders } from 'node:http'

/** What a request asks of the response cache by its headers. */
export interface CacheWish {
  readonly use: boolean
  /** Forget what is stored before answering. */
  readonly clear: boolean
  /** How long an answer may be served again, in seconds. */
  readonly ttlSeconds: number
}

const defaultTtlSeconds = 300
const longestTtlSeconds = 86_400

/**
 * Reads `X-OpenRouter-Cache`, `-Cache-TTL` and `-Cache-Clear` (docs/router.md, Response cache). Anything but `true`
 * means no. A time to live is read as far as it is a number and held to 1 … 86400 seconds. Pure; never fails.
 */
export function readCacheWish(headers: IncomingHttpHeaders): CacheWish {
  const isTrue = (name: string) => String(headers[name] ?? '').toLowerCase() === 'true'
  const ttl = Number.parseInt(String(headers['x-openrouter-cache-ttl'] ?? ''), 10)
  return {
    use: isTrue('x-openrouter-cache'),
    clear: isTrue('x-openrouter-cache-clear'),
    ttlSeconds: Number.isNaN(ttl) ? defaultTtlSeconds : Math.min(Math.max(ttl, 1), longestTtlSeconds),
  }
}
