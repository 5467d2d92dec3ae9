/** The prompt prefixes that one endpoint remembers for one API key. Times are milliseconds of one clock. */
export interface PrefixCache {
  /** How many leading blocks are remembered and ready at `nowMs`. Changes nothing. */
  read(blockKeys: readonly number[], nowMs: number): number
  /**
   * Remembers these blocks from `readyAtMs` on (when prefill ends) and refreshes those already known.
   * Beyond the bound the blocks used longest ago are forgotten, the ends of prompts before their beginnings.
   */
  write(blockKeys: readonly number[], nowMs: number, readyAtMs: number): void
  /** Blocks held, expired ones that were not yet dropped included. */
  size(): number
}

/** What a `PrefixCache` is made of. */
export interface PrefixCacheOptions {
  /** Idle time after which a block is forgotten; `Infinity` for never. */
  readonly ttlMs: number
  /** Most blocks held. */
  readonly maxBlocks: number
}

interface Block {
  readyAtMs: number
  expiresAtMs: number
}

/** Makes an empty cache. Deterministic: it changes only by `write`. */
export function createPrefixCache({ ttlMs, maxBlocks }: PrefixCacheOptions): PrefixCache {
  /** In order of last use, oldest first. */
  const blocks = new Map<number, Block>()

  function read(blockKeys: readonly number[], nowMs: number): number {
    let hits = 0
    for (const key of blockKeys) {
      const block = blocks.get(key)
      if (block === undefined || block.expiresAtMs <= nowMs || block.readyAtMs > nowMs) break
      hits += 1
    }
    return hits
  }

  function write(blockKeys: readonly number[], nowMs: number, readyAtMs: number): void {
    // From the end, so that a prompt's beginning is the most recently used and outlives its end.
    for (let at = blockKeys.length - 1; at >= 0; at--) {
      const key = blockKeys[at] ?? 0
      const known = blocks.get(key)
      const isAlive = known !== undefined && known.expiresAtMs > nowMs
      blocks.delete(key)
      blocks.set(key, {
        readyAtMs: isAlive ? Math.min(known.readyAtMs, readyAtMs) : readyAtMs,
        expiresAtMs: nowMs + ttlMs,
      })
    }
    for (const oldest of blocks.keys()) {
      if (blocks.size <= maxBlocks) break
      blocks.delete(oldest)
    }
  }
  return Object.freeze({ read, write, size: () => blocks.size })
}
