import type { PromptCache } from '../../catalog/index.ts'
import type { PromptDigest } from './prompt-digest.ts'

/** How many leading blocks of a prompt the endpoint's cache may hold. 0 when it caches none of it. */
export function cacheableBlocks(
  cache: PromptCache,
  digest: PromptDigest,
  breakpointTokens: number | null,
): number {
  if (cache.mode === 'none') return 0
  const whole = digest.blockKeys.length
  const marked = breakpointTokens === null ? 0 : Math.floor(breakpointTokens / cache.blockTokens)
  const blocks = cache.mode === 'explicit' ? Math.min(whole, marked) : whole
  return blocks * cache.blockTokens >= cache.minTokens ? blocks : 0
}

/** Tokens read from and written to the cache by a prompt of which `hits` of `cacheable` blocks were found. */
export function cacheUse(
  cache: PromptCache,
  cacheable: number,
  hits: number,
): { readonly readTokens: number; readonly writeTokens: number } {
  const found = hits * cache.blockTokens
  const readTokens = found >= cache.minTokens ? found : 0
  return { readTokens, writeTokens: cacheable * cache.blockTokens - readTokens }
}
