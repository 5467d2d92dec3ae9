import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesGlob } from '../../src/policy/glob.ts'

describe('matchesGlob', () => {
  it.each([
    ['openai/gpt-5', 'openai/*', true],
    ['openai/gpt-5', '*', true],
    ['openai/gpt-5', '*gpt*', true],
    ['openai/gpt-5', '*/gpt-*5', true],
    ['openai/gpt-5', 'openai/gpt', false],
    ['openai/gpt-5', 'gpt-5', false],
    ['openai/gpt-5', '*-4', false],
    ['a', 'a**', true],
    ['', '', true],
    ['', '*', true],
    ['', 'a', false],
    ['a.b', 'a?b', false],
    ['aXbXc', 'a*X*c', true],
  ])('takes %j by %j: %s', (text, glob, expected) => {
    expect(matchesGlob(text, glob)).toBe(expected)
  })

  it('agrees with a regular expression for every text and glob', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(short, short, (text, glob) => {
        const pattern = new RegExp(`^${glob.replaceAll('*', '[^]*')}$`)
        expect(matchesGlob(text, glob)).toBe(pattern.test(text))
      }),
    )
  })
})
