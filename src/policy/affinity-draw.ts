/**
 * A number in (0, 1) that depends on the two texts alone: the same in every process, whatever its seed, and as good as
 * drawn evenly for another pair. Pure.
 */
export function affinityDraw(affinityKey: string, endpointId: string): number {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  const mix = (code: number) => {
    // FNV-1a, twice at once from different starts.
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
  }
  for (let i = 0; i < affinityKey.length; i++) mix(affinityKey.charCodeAt(i))
  mix(0)
  for (let i = 0; i < endpointId.length; i++) mix(endpointId.charCodeAt(i))
  // 52 bits, and a half so that neither 0 nor 1 comes out.
  const high = scrambled(a ^ (b >>> 15))
  const low = scrambled(b ^ (a >>> 13))
  return (high * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52
}

/** The final mix of MurmurHash3 (public domain, Austin Appleby): equal odds for every bit. */
function scrambled(hash: number): number {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
