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
  const next = sfc32(seed)
  const open = () => next() || 2 ** -33
  return Object.freeze({
    next,
    int: (bound: number) => Math.floor(next() * bound),
    // Box-Muller; the second value is thrown away so that each call takes exactly two draws.
    normal: () => Math.sqrt(-2 * Math.log(open())) * Math.cos(2 * Math.PI * next()),
    exponential: (mean: number) => -Math.log(open()) * mean,
    fork: (label: string) => createRng(`${seed}\u0000${label}`),
  })
}

function sfc32(seed: string): () => number {
  let a = hash32(seed, 0x9e3779b9)
  let b = hash32(seed, 0x243f6a88)
  let c = hash32(seed, 0xb7e15162)
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

/** FNV-1a with a start value and a final mix, so that seeds that differ by one character diverge. */
function hash32(text: string, start: number): number {
  let hash = start | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  return (hash ^ (hash >>> 13)) | 0
}
