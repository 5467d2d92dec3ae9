import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance } from '../../src/document/index.ts'

describe('didYouMean', () => {
  it.each([
    ['sed', ['seed', 'name'], '; did you mean "seed"?'],
    ['SEED', ['seed'], '; did you mean "seed"?'],
    ['nmae', ['name', 'seed'], '; did you mean "name"?'],
    ['colour', ['seed', 'name'], '; known here: seed, name'],
    ['3', ['1', '2'], '; known here: 1, 2'],
    ['x', [], ''],
    ['zzzzzz', Array.from({ length: 17 }, (_, index) => `choice-${index}`), ''],
  ])('answers %s among %j with "%s"', (word, choices, hint) => {
    expect(didYouMean(word, choices)).toBe(hint)
  })
})

describe('editDistance', () => {
  it('is 0 for equal words, symmetric, and at most the length of the longer word', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, a)).toBe(0)
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  it('counts neighbours that changed places as one edit', () => {
    expect(editDistance('nmae', 'name')).toBe(1)
  })
})
