import { isObject, type JsonObject } from '../core/index.ts'

/** Beyond, a schema counts as boundless. */
const mostNodes = 1_000

/**
 * How many nodes a JSON Schema has when every reference is written out, which bounds the work of checking one value;
 * null when that is more than 1,000 or has no end: a schema that contains itself, doubles itself at each level, or
 * refers to anything but a place of its own (`#/…`). Pure; takes no longer than the bound.
 */
export function schemaSize(root: JsonObject): number | null {
  let nodes = 0
  const open = new Set<unknown>()

  /** false: beyond the bound, or without end. */
  function count(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return true
    if (open.has(value) || ++nodes > mostNodes) return false
    open.add(value)
    const isBounded = Object.values(value).every(count) && (!isObject(value) || countReference(value))
    open.delete(value)
    return isBounded
  }

  function countReference(schema: JsonObject): boolean {
    // A name of its own changes what the references inside mean.
    if (schema !== root && typeof schema['$id'] === 'string') return false
    const reference = schema['$ref']
    if (typeof reference !== 'string') return true
    return reference.startsWith('#/') && count(valueAt(root, reference.slice(2)))
  }
  return count(root) ? nodes : null
}

/** The value at a JSON Pointer (RFC 6901) without its first slash; undefined: there is none. */
function valueAt(root: JsonObject, pointer: string): unknown {
  let value: unknown = root
  for (const part of pointer.split('/')) {
    if (typeof value !== 'object' || value === null) return undefined
    const name = unescaped(part)
    value = Object.entries(value).find(([key]) => key === name)?.[1]
  }
  return value
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    // A stray percent sign: no such place, and ajv says so when it compiles.
    return part
  }
}
