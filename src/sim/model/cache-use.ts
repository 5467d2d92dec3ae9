import type { PromptCache } from '../../catalog/index.ts'
import type { PrefixCache } from './prefix-cache.ts'
import type { PromptDigest } from './prompt-digest.ts'

/** What a prompt reads from a cache, and what it would leave there. */
export interface CacheUse {
  readonly readTokens: number
  readonly writeTokens: number
  /** Keys to remember when the prompt is answered, those read included. */
  readonly keys: readonly number[]
}

/** How many parts before a breakpoint are looked at for an earlier one (Anthropic's documented look-back). */
const lookBackParts = 20

/**
 * Looks a prompt up in an endpoint's cache. Changes nothing.
 *
 * Implicit: the longest run of leading blocks. Explicit: the longest marked prefix of an earlier prompt among
 * the parts up to this prompt's last mark, 20 parts back. Shorter than `minTokens` counts as nothing.
 */
export function cacheUseOf(
  { prefixes }: PromptDigest,
  rules: PromptCache,
  { cache, nowMs }: { readonly cache: PrefixCache; readonly nowMs: number },
): CacheUse {
  if (rules.mode === 'none') return { readTokens: 0, writeTokens: 0, keys: [] }
  const isExplicit = rules.mode === 'explicit'
  const count = isExplicit ? (prefixes.marked.at(-1) ?? -1) + 1 : prefixes.keys.length
  const longEnough = (tokens: number) => (tokens >= rules.minTokens ? tokens : 0)
  const lengthOf = (prefix: number) => longEnough(prefixes.tokens[prefix - 1] ?? 0)
  if (lengthOf(count) === 0) return { readTokens: 0, writeTokens: 0, keys: [] }
  const found = isExplicit
    ? cache.longest(prefixes.keys, { from: count - lookBackParts, to: count, nowMs })
    : cache.leading(prefixes.keys, nowMs)
  const readTokens = lengthOf(found)
  return {
    readTokens,
    writeTokens: lengthOf(count) - readTokens,
    keys: isExplicit
      ? prefixes.marked.filter(at => lengthOf(at + 1) > 0).map(at => prefixes.keys[at] ?? 0)
      : prefixes.keys,
  }
}
