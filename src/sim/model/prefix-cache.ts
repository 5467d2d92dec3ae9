/** The prompt prefixes that one endpoint remembers for one API key. Times are milliseconds of one clock. */
export interface PrefixCache {
  /** How many of the first keys, without a gap, are remembered and ready at `nowMs`. Changes nothing. */
  leading(keys: readonly number[], nowMs: number): number
  /** 1 + the position of the last key in `[from, to)` that is remembered and ready; 0: none. Changes nothing. */
  longest(keys: readonly number[], range: PrefixRange): number
  /**
   * Remembers these keys from `readyAtMs` on (when prefill ends) and refreshes those already known, which keep
   * the longer time to live. Beyond the bound the keys used longest ago are forgotten, the ends of prompts before
   * their beginnings.
   */
  write(keys: readonly number[], write: PrefixWrite): void
  /** Keys held, expired ones that were not yet dropped included. */
  size(): number
}

/** Which keys to look at, and when. `from` may be negative. */
interface PrefixRange {
  readonly from: number
  readonly to: number
  readonly nowMs: number
}

/** When and for how long keys are remembered. */
interface PrefixWrite {
  readonly nowMs: number
  readonly readyAtMs: number
  /** Idle time after which a key is forgotten; `Infinity` for never. */
  readonly ttlMs: number
}

/** What a `PrefixCache` is made of. */
interface PrefixCacheOptions {
  /** Most keys held. */
  readonly maxKeys: number
}

interface Entry {
  readyAtMs: number
  expiresAtMs: number
  ttlMs: number
}

/** Makes an empty cache. Deterministic: it changes only by `write`. */
export function createPrefixCache({ maxKeys }: PrefixCacheOptions): PrefixCache {
  /** In order of last use, oldest first. */
  const entries = new Map<number, Entry>()

  function isReady(key: number | undefined, nowMs: number): boolean {
    const entry = key === undefined ? undefined : entries.get(key)
    return entry !== undefined && entry.readyAtMs <= nowMs && entry.expiresAtMs > nowMs
  }

  function leading(keys: readonly number[], nowMs: number): number {
    let count = 0
    while (count < keys.length && isReady(keys[count], nowMs)) count += 1
    return count
  }

  function longest(keys: readonly number[], { from, to, nowMs }: PrefixRange): number {
    for (let at = to - 1; at >= Math.max(0, from); at--) if (isReady(keys[at], nowMs)) return at + 1
    return 0
  }

  function write(keys: readonly number[], { nowMs, readyAtMs, ttlMs }: PrefixWrite): void {
    // From the end, so that a prompt's beginning is the most recently used and outlives its end.
    for (let at = keys.length - 1; at >= 0; at--) {
      const key = keys[at] ?? 0
      const known = entries.get(key)
      const isAlive = known !== undefined && known.expiresAtMs > nowMs
      const keptMs = isAlive ? Math.max(known.ttlMs, ttlMs) : ttlMs
      entries.delete(key)
      entries.set(key, {
        readyAtMs: isAlive ? Math.min(known.readyAtMs, readyAtMs) : readyAtMs,
        expiresAtMs: nowMs + keptMs,
        ttlMs: keptMs,
      })
    }
    for (const oldest of entries.keys()) {
      if (entries.size <= maxKeys) break
      entries.delete(oldest)
    }
  }
  return Object.freeze({ leading, longest, write, size: () => entries.size })
}
