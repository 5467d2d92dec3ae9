/**
 * A seeded random source. Forks are independent streams named by a label, so a new consumer
 * never shifts the draws of another: the same seed and label give the same numbers for ever.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number
  /** Uniform integer in [0, bound). `bound` is at least 1. */
  int(bound: number): number
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number
  /** Exponential with the given mean (the gap of a Poisson process). */
  exponential(mean: number): number
  /** An independent stream; does not advance this one. */
  fork(label: string): Rng
}

/** Makes a generator (sfc32, public domain design by Chris Doty-Humphrey) from a seed text. */
export function createRng(seed: string): Rng {
  return rngOf(extended(emptySeed, seed))
}

/** The running hashes of a seed text: a fork goes on from here instead of hashing all of it again. */
interface SeedState {
  readonly a: number
  readonly b: number
  readonly c: number
}

const emptySeed: SeedState = { a: 0x9e3779b9 | 0, b: 0x243f6a88 | 0, c: 0xb7e15162 | 0 }

function rngOf(state: SeedState): Rng {
  const next = sfc32(state)
  const open = () => next() || 2 ** -33
  return Object.freeze({
    next,
    int: (bound: number) => Math.floor(next() * bound),
    // Box-Muller; the second value is thrown away so that each call takes exactly two draws.
    normal: () => Math.sqrt(-2 * Math.log(open())) * Math.cos(2 * Math.PI * next()),
    exponential: (mean: number) => -Math.log(open()) * mean,
    fork: (label: string) => rngOf(extended(state, `\u0000${label}`)),
  })
}

function sfc32(state: SeedState): () => number {
  let a = mixed(state.a)
  let b = mixed(state.b)
  let c = mixed(state.c)
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let warmup = 0; warmup < 12; warmup++) next()
  return next
}

/** FNV-1a over the text, three times at once from different starts. */
function extended({ a, b, c }: SeedState, text: string): SeedState {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x01000193)
    c = Math.imul(c ^ code, 0x01000193)
  }
  return { a, b, c }
}

/** A final mix, so that seeds that differ by one character diverge. */
function mixed(hash: number): number {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  return (hash ^ (hash >>> 13)) | 0
}
