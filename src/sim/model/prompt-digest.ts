import type { PromptCache } from '../../catalog/index.ts'

/** The simulated tokenizer: one token is four UTF-8 bytes. */
export const bytesPerToken = 4

/** A part of a prompt: a tool, a message, or one piece of a message's content. */
export interface PromptPart {
  readonly text: string
  /** Whether the caller marked its end as a cache breakpoint (`cache_control`). */
  readonly isMarked: boolean
  /** How long the mark asks to be remembered (`cache_control.ttl`); null or left out: the endpoint's usual time. */
  readonly ttlSeconds?: number | null
}

/** A prompt as the cache and the meter see it; holds no text. */
export interface PromptDigest {
  readonly tokens: number
  /** Key of the whole prompt. */
  readonly key: number
  /**
   * The prefixes that can be cached, shortest first: the end of each whole block where caching is implicit,
   * the end of each part where it is explicit. A prefix's key depends on every byte of it.
   */
  readonly prefixes: {
    readonly keys: readonly number[]
    /** Length of each prefix. */
    readonly tokens: readonly number[]
    /** Positions in `keys` that the caller marked, ascending. */
    readonly marked: readonly number[]
    /** For each mark, the time to live it asks for; null: the endpoint's usual one. */
    readonly markTtlSeconds: readonly (number | null)[]
  }
}

const noPrefixes = { keys: [], tokens: [], marked: [], markTtlSeconds: [] }

/** Tokens of that many bytes, rounded up. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken)
}

/**
 * Hashes a prompt into chained keys of the prefixes that a cache of this kind tells apart.
 *
 * Pure; about 2 µs per KB. Keys are 53-bit integers: two prefixes that differ share a key by chance once in
 * some 10^15 pairs. They hold within one machine (words are read in its byte order).
 */
export function digestPrompt(parts: readonly PromptPart[], cache: PromptCache): PromptDigest {
  switch (cache.mode) {
    case 'none':
      return { ...digestParts(parts), prefixes: noPrefixes }
    case 'explicit':
      return digestParts(parts)
    case 'implicit':
      return digestBlocks(parts, cache.blockTokens)
  }
}

/** A running hash of two 32-bit lanes. */
interface Lanes {
  high: number
  low: number
}

function digestBlocks(parts: readonly PromptPart[], blockTokens: number): PromptDigest {
  const bytes = Buffer.from(parts.map(({ text }) => text).join(''))
  const words = wordsOf(bytes)
  const lanes = startLanes()
  const keys: number[] = []
  const tokens: number[] = []
  let at = 0
  // One word is one token.
  for (; at + blockTokens <= words.length; at += blockTokens) {
    mixWords(lanes, words, { from: at, to: at + blockTokens })
    keys.push(keyOf(lanes))
    tokens.push(at + blockTokens)
  }
  mix(lanes, bytes.subarray(at * bytesPerToken))
  const prefixes = { ...noPrefixes, keys, tokens }
  return { tokens: tokensOfBytes(bytes.length), key: keyOf(lanes), prefixes }
}

function digestParts(parts: readonly PromptPart[]): PromptDigest {
  const lanes = startLanes()
  const keys: number[] = []
  const tokens: number[] = []
  let length = 0
  for (const { text } of parts) {
    const bytes = Buffer.from(text)
    mix(lanes, bytes)
    length += bytes.length
    keys.push(keyOf(lanes))
    tokens.push(tokensOfBytes(length))
  }
  const marked = parts.flatMap(({ isMarked }, position) => (isMarked ? [position] : []))
  const markTtlSeconds = marked.map(position => parts[position]?.ttlSeconds ?? null)
  const prefixes = { keys, tokens, marked, markTtlSeconds }
  return { tokens: tokensOfBytes(length), key: keyOf(lanes), prefixes }
}

function startLanes(): Lanes {
  return { high: 0x243f6a88, low: 0x13198a2e }
}

/** Adds bytes and their number, so that a prefix cut elsewhere has another key. */
function mix(lanes: Lanes, bytes: Buffer): void {
  const words = wordsOf(bytes)
  mixWords(lanes, words, { from: 0, to: words.length })
  let { high, low } = lanes
  for (let at = words.length * bytesPerToken; at < bytes.length; at++) {
    high = Math.imul(high ^ (bytes[at] ?? 0), 0x01000193)
    low = Math.imul(low ^ (bytes[at] ?? 0), 0x85ebca6b)
  }
  lanes.high = Math.imul(high ^ bytes.length, 0x85ebca6b)
  lanes.low = Math.imul(low ^ (high >>> 16) ^ bytes.length, 0xc2b2ae35)
}

function mixWords(
  lanes: Lanes,
  words: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  let { high, low } = lanes
  for (let at = from; at < to; at++) {
    const word = words[at] ?? 0
    high = Math.imul(high ^ word, 0x9e3779b1)
    high ^= high >>> 15
    low = (Math.imul((low << 13) | (low >>> 19), 5) + Math.imul(word, 0xcc9e2d51)) | 0
    low ^= low >>> 13
  }
  lanes.high = high
  lanes.low = low ^ (high >>> 16)
}

function wordsOf(bytes: Buffer): Int32Array {
  const aligned = bytes.byteOffset % bytesPerToken === 0 ? bytes : Uint8Array.from(bytes)
  return new Int32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / bytesPerToken))
}

function keyOf({ high, low }: Lanes): number {
  return (high >>> 0) * 2 ** 21 + (low >>> 11)
}
