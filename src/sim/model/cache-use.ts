import type { PromptCache } from '../../catalog/index.ts'
import type { PrefixCache } from './prefix-cache.ts'
import type { PromptDigest } from './prompt-digest.ts'

/** What a prompt reads from a cache, and what it would leave there. */
export interface CacheUse {
  readonly readTokens: number
  /** All written tokens, those for an hour included. */
  readonly writeTokens: number
  /** Part of `writeTokens` that a mark of an hour or more asks for, which costs more than the usual time. */
  readonly longWriteTokens: number
  /** What to remember when the prompt is answered, that which was read included. */
  readonly writes: readonly { readonly keys: readonly number[]; readonly ttlMs: number }[]
}

/** How many parts before a breakpoint are looked at for an earlier one (Anthropic's documented look-back). */
const lookBackParts = 20
/** Marks of this time to live or longer are billed as long writes (`ttl: "1h"`). */
const longTtlSeconds = 3600

const nothing: CacheUse = { readTokens: 0, writeTokens: 0, longWriteTokens: 0, writes: [] }

/** Where a prompt is looked up. */
interface Place {
  readonly cache: PrefixCache
  readonly nowMs: number
}

/**
 * Looks a prompt up in an endpoint's cache. Changes nothing.
 *
 * Implicit: the longest run of leading blocks. Explicit: the longest marked prefix of an earlier prompt among
 * the parts up to this prompt's last mark, 20 parts back. Shorter than `minTokens` counts as nothing.
 * Of what is written, the part up to the last mark of an hour is a long write (Anthropic bills it so).
 */
export function cacheUseOf({ prefixes }: PromptDigest, rules: PromptCache, place: Place): CacheUse {
  switch (rules.mode) {
    case 'none':
      return nothing
    case 'implicit':
      return implicitUse(prefixes, rules, place)
    case 'explicit':
      return explicitUse(prefixes, rules, place)
  }
}

type Prefixes = PromptDigest['prefixes']

function implicitUse(prefixes: Prefixes, rules: PromptCache, { cache, nowMs }: Place): CacheUse {
  const lengthOf = lengthsOf(prefixes, rules)
  const total = lengthOf(prefixes.keys.length)
  if (total === 0) return nothing
  const readTokens = lengthOf(cache.leading(prefixes.keys, nowMs))
  return {
    readTokens,
    writeTokens: total - readTokens,
    longWriteTokens: 0,
    writes: [{ keys: prefixes.keys, ttlMs: rules.ttlSeconds * 1000 }],
  }
}

function explicitUse(prefixes: Prefixes, rules: PromptCache, { cache, nowMs }: Place): CacheUse {
  const lengthOf = lengthsOf(prefixes, rules)
  const { keys } = prefixes
  const marks = prefixes.marked
    .map((at, mark) => ({ at, ttlSeconds: prefixes.markTtlSeconds[mark] ?? rules.ttlSeconds }))
    .filter(({ at }) => lengthOf(at + 1) > 0)
  const end = (marks.at(-1)?.at ?? -1) + 1
  if (end === 0) return nothing
  const found = cache.longest(keys, { from: end - lookBackParts, to: end, nowMs })
  const readTokens = lengthOf(found)
  const longEnd = (marks.findLast(({ ttlSeconds }) => ttlSeconds >= longTtlSeconds)?.at ?? -1) + 1
  const written = marks.map(({ at, ttlSeconds }) => ({ keys: [keys[at] ?? 0], ttlMs: ttlSeconds * 1000 }))
  // A read refreshes what it read, with the time to live that it was written with (0 prolongs nothing).
  const refreshed = readTokens > 0 ? [{ keys: [keys[found - 1] ?? 0], ttlMs: 0 }] : []
  return {
    readTokens,
    writeTokens: lengthOf(end) - readTokens,
    longWriteTokens: Math.max(0, lengthOf(longEnd) - readTokens),
    writes: [...refreshed, ...written],
  }
}

/** Gives the length of the first so many prefixes; 0 when that is too short to be cached. */
function lengthsOf({ tokens }: Prefixes, { minTokens }: PromptCache) {
  return (prefixes: number) => {
    const length = tokens[prefixes - 1] ?? 0
    return length >= minTokens ? length : 0
  }
}
