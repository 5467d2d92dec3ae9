import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, createRunId, hash64, spanIdOf, traceIdOf, uuidOf } from '../../src/core/index.ts'

const parts = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 })

function runIdAt(epochSeconds: number): string {
  return createRunId(epochSeconds * 1_000_000, createRng(String(epochSeconds)))
}

describe('createRunId', () => {
  it('names the start in UTC and ends in four letters or digits of the rng', () => {
    const id = createRunId(1_795_194_300_123_456, createRng('7'))
    expect(id).toMatch(/^20261120-170500-[0-9a-z]{4}$/)
    expect(createRunId(1_795_194_300_123_456, createRng('7'))).toBe(id)
    expect(createRunId(1_795_194_300_123_456, createRng('8'))).not.toBe(id)
  })

  it('sorts by start time', () => {
    const second = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(second, second, (left, right) => {
        fc.pre(left < right)
        expect(runIdAt(left) < runIdAt(right)).toBe(true)
      }),
    )
  })
})

describe.each([
  ['uuidOf', uuidOf, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['traceIdOf', traceIdOf, /^[0-9a-f]{32}$/],
  ['spanIdOf', spanIdOf, /^[0-9a-f]{16}$/],
] as const)('%s', (_name, idOf, form) => {
  it('has its form, whatever the parts', () => {
    fc.assert(
      fc.property(parts, values => {
        expect(idOf(...values)).toMatch(form)
      }),
    )
  })

  it('is a function of its parts', () => {
    fc.assert(
      fc.property(parts, values => {
        expect(idOf(...values)).toBe(idOf(...values))
      }),
    )
  })

  it('tells apart what differs in place, order or border', () => {
    const ids = [
      idOf('a', 'b'),
      idOf('b', 'a'),
      idOf('ab'),
      idOf('a', 'b', ''),
      idOf('run', 1),
      idOf('run', 11),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('traceIdOf', () => {
  it('does not share its digits with the span id and the uuid of the same parts', () => {
    expect(traceIdOf('a').startsWith(spanIdOf('a'))).toBe(false)
    expect(uuidOf('a').startsWith(traceIdOf('a').slice(0, 8))).toBe(false)
  })
})

describe('hash64', () => {
  it('is the first 64 bits of SHA-256', () => {
    // SHA-256 of the empty text begins e3b0c442 98fc1c14 (FIPS 180-4).
    expect(hash64('')).toBe(0xe3b0c44298fc1c14n)
    expect(hash64('abc')).toBe(0xba7816bf8f01cfean)
  })

  it('fits an unsigned 64-bit column', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const hash = hash64(text)
        expect(hash >= 0n && hash < 2n ** 64n).toBe(true)
      }),
    )
  })
})
