import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/index.ts'

/** What makes two requests the same to the response cache. */
export interface CacheKeyParts {
  /** Hash of the caller's key; empty without keys. */
  readonly callerKeyHash: string
  /** Kind of call: `chat` or `completion`. */
  readonly operation: string
  readonly stream: boolean
  readonly body: JsonObject
}

/**
 * The key of a request: equal for bodies that differ in white space only. The order of properties matters, as at
 * OpenRouter; model and messages are part of the body. Pure.
 */
export function cacheKeyOf({ callerKeyHash, operation, stream, body }: CacheKeyParts): string {
  const parts = [callerKeyHash, operation, String(stream), JSON.stringify(body)]
  return createHash('sha256').update(parts.join('\u0000')).digest('hex')
}
