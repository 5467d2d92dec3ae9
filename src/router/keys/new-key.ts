import { randomBytes } from 'node:crypto'
import { hashKey } from './key-ring.ts'

/** A key nobody has seen yet: `rb-` and 32 random bytes, with the hash that the configuration keeps of it. */
export function newKey(): { readonly key: string; readonly sha256: string } {
  const key = `rb-${randomBytes(32).toString('base64url')}`
  return { key, sha256: hashKey(key) }
}
