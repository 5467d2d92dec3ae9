import { keyOf, mixBytes, startHash } from './prefix-hash.ts'
import type { Tokenizer } from './tokenizer.ts'

/** Shorter texts are counted sooner than they are looked up. */
const leastLength = 64
/** Tokens that are remembered, 16 MB of them; the texts met longest ago go first. */
const maxTokens = 4_000_000

/**
 * The same tokenizer, remembering the tokens of long texts: a conversation sends all of its messages again with
 * each turn. Texts are known by a hash of 53 bits and their length; they are not kept.
 */
export function withTokenMemory(tokenizer: Tokenizer): Tokenizer {
  const { idsOf } = tokenizer
  if (!idsOf) return tokenizer
  const known = new Map<string, Int32Array>()
  let held = 0

  function remembered(text: string): Int32Array {
    if (text.length < leastLength) return encode(text)
    const key = keyOfText(text)
    const found = known.get(key)
    if (found) {
      known.delete(key)
      known.set(key, found)
      return found
    }
    const ids = encode(text)
    known.set(key, ids)
    held += ids.length
    for (const [oldest, { length }] of known) {
      if (held <= maxTokens) break
      known.delete(oldest)
      held -= length
    }
    return ids
  }
  const encode = idsOf
  return Object.freeze({ ...tokenizer, idsOf: remembered })
}

function keyOfText(text: string): string {
  const hash = startHash()
  mixBytes(hash, Buffer.from(text))
  return `${keyOf(hash)}/${text.length}`
}
