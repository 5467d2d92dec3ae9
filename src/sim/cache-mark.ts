import { isObject } from '../core/index.ts'
import { objectOf } from './json.ts'
import type { PromptPart } from './model/prompt-digest.ts'

/** Times to live that a mark may ask for, in seconds. */
const ttls: Readonly<Record<string, number>> = { '5m': 300, '1h': 3600 }

/** A prompt part with the `cache_control` mark of what it was written from. Pure. */
export function markedPart(text: string, source: unknown): PromptPart {
  const mark = objectOf(source)['cache_control']
  if (!isObject(mark)) return { text, isMarked: false }
  const { ttl } = mark
  return { text, isMarked: true, ttlSeconds: (typeof ttl === 'string' ? ttls[ttl] : undefined) ?? null }
}

/** The JSON of a value without its mark: moving a breakpoint does not change what is cached. Pure. */
export function unmarkedJson(value: unknown): string {
  // JSON leaves out what is undefined; only what is no JSON value at all, which no body holds, has no text.
  return JSON.stringify(isObject(value) ? { ...value, cache_control: undefined } : value) ?? ''
}
