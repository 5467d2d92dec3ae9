import type { Path } from './open-document.ts'

/** The value at a path of plain data; undefined when there is none. Pure. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, step)
  }
  return found
}
