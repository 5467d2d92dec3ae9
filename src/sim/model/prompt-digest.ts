import type { PromptCache } from '../../catalog/index.ts'
import { keyOf, mixAll, mixBytes, mixWords, startHash, wordsOf } from './prefix-hash.ts'
import { bytesPerToken, type Tokenizer, tokensOfBytes } from './tokenizer.ts'

/** A part of a prompt: a tool, a message, or one piece of a message's content. */
export interface PromptPart {
  readonly text: string
  /** What tells a message's role, four characters, where a message begins; left out: the part begins none. */
  readonly mark?: string
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
   * the end of each part where it is explicit. A prefix's key depends on every token of it.
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

/**
 * Tokens that each message and the beginning of the answer cost beside their texts, as OpenAI's guide to counting
 * tokens has it (three a message and one for its role; three for the answer). The bytes tokenizer counts one token
 * a message and none for the answer.
 */
const messageTokens = 4
const replyTokens = 3

const noPrefixes = { keys: [], tokens: [], marked: [], markTtlSeconds: [] }

/** What a prompt is counted with. */
export interface DigestRules {
  readonly cache: PromptCache
  readonly tokenizer: Tokenizer
}

/**
 * Hashes a prompt into chained keys of the prefixes that a cache of this kind tells apart.
 *
 * Pure but for what the tokenizer remembers. Each part is counted by itself; blocks are of tokens. Keys are 53-bit
 * integers: two prefixes that differ share a key by chance once in some 10^15 pairs. They hold within one machine.
 */
export function digestPrompt(parts: readonly PromptPart[], { cache, tokenizer }: DigestRules): PromptDigest {
  const { idsOf } = tokenizer
  const chunks = parts.map(part => (idsOf ? tokensIn(part, idsOf) : bytesIn(part)))
  const extraTokens = idsOf ? replyTokens : 0
  switch (cache.mode) {
    case 'none':
      return { ...digestParts(parts, chunks, extraTokens), prefixes: noPrefixes }
    case 'explicit':
      return digestParts(parts, chunks, extraTokens)
    case 'implicit':
      return digestBlocks(joined(chunks), cache.blockTokens, extraTokens)
  }
}

/** The tokens of a part, or its bytes where four of them are a token. */
type Chunk = Int32Array | Buffer

/** A message begins with tokens of its own, which differ by its role and are nobody's text. */
function tokensIn({ mark, text }: PromptPart, idsOf: (text: string) => Int32Array): Int32Array {
  const ids = idsOf(text)
  if (mark === undefined) return ids
  const all = new Int32Array(messageTokens + ids.length)
  for (let at = 0; at < messageTokens; at++) all[at] = -1 - mark.charCodeAt(at)
  all.set(ids, messageTokens)
  return all
}

function bytesIn({ mark = '', text }: PromptPart): Buffer {
  return Buffer.from(mark + text)
}

/** All parts as one, for blocks know no parts. */
function joined(chunks: readonly Chunk[]): Chunk {
  const [first = Buffer.alloc(0)] = chunks
  if (Buffer.isBuffer(first)) return Buffer.concat(chunks.filter(Buffer.isBuffer))
  if (chunks.length === 1) return first
  const all = new Int32Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function digestBlocks(chunk: Chunk, blockTokens: number, extraTokens: number): PromptDigest {
  const words = Buffer.isBuffer(chunk) ? wordsOf(chunk) : chunk
  const hash = startHash()
  const keys: number[] = []
  const tokens: number[] = []
  let at = 0
  // One word is one token.
  for (; at + blockTokens <= words.length; at += blockTokens) {
    mixWords(hash, words, { from: at, to: at + blockTokens })
    keys.push(keyOf(hash))
    tokens.push(at + blockTokens)
  }
  if (Buffer.isBuffer(chunk)) mixBytes(hash, chunk.subarray(at * bytesPerToken))
  else mixAll(hash, words.subarray(at))
  const length = Buffer.isBuffer(chunk) ? tokensOfBytes(chunk.length) : words.length
  return { tokens: length + extraTokens, key: keyOf(hash), prefixes: { ...noPrefixes, keys, tokens } }
}

function digestParts(
  parts: readonly PromptPart[],
  chunks: readonly Chunk[],
  extraTokens: number,
): PromptDigest {
  const hash = startHash()
  const keys: number[] = []
  const tokens: number[] = []
  let length = 0
  for (const chunk of chunks) {
    if (Buffer.isBuffer(chunk)) mixBytes(hash, chunk)
    else mixAll(hash, chunk)
    length += chunk.length
    keys.push(keyOf(hash))
    tokens.push(Buffer.isBuffer(chunk) ? tokensOfBytes(length) : length)
  }
  const marked = parts.flatMap(({ isMarked }, position) => (isMarked ? [position] : []))
  const markTtlSeconds = marked.map(position => parts[position]?.ttlSeconds ?? null)
  const prefixes = { keys, tokens, marked, markTtlSeconds }
  return { tokens: (tokens.at(-1) ?? 0) + extraTokens, key: keyOf(hash), prefixes }
}
