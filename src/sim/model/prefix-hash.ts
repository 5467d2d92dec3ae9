import { bytesPerToken } from './tokenizer.ts'

/** A running hash of two 32-bit lanes, of whatever has been mixed into it so far. */
export interface PrefixHash {
  high: number
  low: number
}

/** The hash of nothing. */
export function startHash(): PrefixHash {
  return { high: 0x243f6a88, low: 0x13198a2e }
}

/** Adds bytes and their number, so that a prefix cut elsewhere has another key. */
export function mixBytes(hash: PrefixHash, bytes: Buffer): void {
  const words = wordsOf(bytes)
  mixWords(hash, words, { from: 0, to: words.length })
  mixEnd(hash, bytes.subarray(words.length * bytesPerToken), bytes.length)
}

/** Adds words and their number. */
export function mixAll(hash: PrefixHash, words: Int32Array): void {
  mixWords(hash, words, { from: 0, to: words.length })
  mixEnd(hash, noBytes, words.length)
}

const noBytes = new Uint8Array()

function mixEnd(hash: PrefixHash, bytes: Uint8Array, length: number): void {
  let { high, low } = hash
  for (const byte of bytes) {
    high = Math.imul(high ^ byte, 0x01000193)
    low = Math.imul(low ^ byte, 0x85ebca6b)
  }
  hash.high = Math.imul(high ^ length, 0x85ebca6b)
  hash.low = Math.imul(low ^ (high >>> 16) ^ length, 0xc2b2ae35)
}

/** Adds words from one position up to another. */
export function mixWords(
  hash: PrefixHash,
  words: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  let { high, low } = hash
  for (let at = from; at < to; at++) {
    const word = words[at] ?? 0
    high = Math.imul(high ^ word, 0x9e3779b1)
    high ^= high >>> 15
    low = (Math.imul((low << 13) | (low >>> 19), 5) + Math.imul(word, 0xcc9e2d51)) | 0
    low ^= low >>> 13
  }
  hash.high = high
  hash.low = low ^ (high >>> 16)
}

/** The whole words of bytes, in this machine's byte order; up to three bytes at the end are left out. */
export function wordsOf(bytes: Buffer): Int32Array {
  const aligned = bytes.byteOffset % bytesPerToken === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / bytesPerToken))
}

/** The hash as an integer of 53 bits. */
export function keyOf({ high, low }: PrefixHash): number {
  return (high >>> 0) * 2 ** 21 + (low >>> 11)
}
