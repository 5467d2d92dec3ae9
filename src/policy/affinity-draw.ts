/**
 * Makes the draws of one conversation: for each endpoint id a number in (0, 1) that depends on the two texts alone, so it
 * is the same in every process, whatever its seed, and as good as drawn evenly for another pair. Pure.
 */
export function affinityDraws(affinityKey: string): (endpointId: string) => number {
  const start = addText({ a: 0x9e3779b9 | 0, b: 0x243f6a88 | 0 }, `${affinityKey}\u0000`)
  return endpointId => {
    const { a, b } = addText(start, endpointId)
    // 52 bits, and a half so that neither 0 nor 1 comes out.
    const high = scrambled(a ^ (b >>> 15))
    const low = scrambled(b ^ (a >>> 13))
    return (high * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52
  }
}

/** FNV-1a, twice at once from different starts and with different factors. */
function addText({ a, b }: { readonly a: number; readonly b: number }, text: string) {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
  }
  return { a, b }
}

/** The final mix of MurmurHash3 (public domain, Austin Appleby): equal odds for every bit. */
function scrambled(hash: number): number {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
