import { isObject, type JsonObject } from '../core/index.ts'

/** The value as an object, or null when it is none. */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

/** The value as an array, or an empty one. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value as text, or ''. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Parses JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: proxies answer HTML or nothing, which the caller must survive.
    return undefined
  }
}
