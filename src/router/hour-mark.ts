import type { JsonObject } from '../core/index.ts'
import { asArray, asObject } from '../wire/index.ts'

/**
 * Whether a request asks caches to remember something for an hour: `cache_control` with `ttl: "1h"` at the top, on a
 * message, on a part of one or on a tool, or `prompt_cache_options.ttl`. Pure.
 */
export function hasHourMark(body: JsonObject): boolean {
  if (isHour(body['prompt_cache_options']) || isMarked(body)) return true
  if (asArray(body['tools']).some(isMarked)) return true
  return asArray(body['messages']).some(
    message => isMarked(message) || asArray(asObject(message)?.['content']).some(isMarked),
  )
}

function isMarked(value: unknown): boolean {
  return isHour(asObject(value)?.['cache_control'])
}

function isHour(value: unknown): boolean {
  return asObject(value)?.['ttl'] === '1h'
}
