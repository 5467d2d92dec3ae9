import { hash64 } from '../core/index.ts'

/** Gives API keys identities that do not tell the key. */
export interface KeyIds {
  of(key: string): string
}

/** Keys whose identity is remembered; all are forgotten beyond that. */
const maxKeys = 1000

/** Makes a giver of identities that remembers them, as hashing costs more than most of what a request costs. */
export function createKeyIds(): KeyIds {
  const ids = new Map<string, string>()
  return Object.freeze({
    of: (key: string) => {
      const known = ids.get(key)
      if (known !== undefined) return known
      const id = hash64(key).toString(36)
      if (ids.size >= maxKeys) ids.clear()
      ids.set(key, id)
      return id
    },
  })
}
