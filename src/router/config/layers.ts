import { isObject } from '../../core/index.ts'
import { type Path, valueAt } from '../../document/index.ts'

/**
 * One value over another: keys of objects one by one, all else as a whole. What is undefined says nothing, and what is
 * no object stays as it is below one, for the schema to complain of. Pure.
 */
export function layOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base
  if (!isObject(over)) return over
  if (base !== undefined && base !== null && !isObject(base)) return base
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) merged[key] = layOver(merged[key], value)
  return merged
}

/** Whether a layer has a value at a path: one of its own, not keys of which others may say some. Pure. */
export function says(layer: unknown, path: Path): boolean {
  const value = valueAt(layer, path)
  return value !== undefined && !isObject(value)
}
