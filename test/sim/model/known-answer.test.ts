import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownAnswer } from '../../../src/sim/model/known-answer.ts'

describe('knownAnswer', () => {
  it.each([
    ['What is 17 + 25? Answer with the number alone.', '42'],
    ['Please: what is 2 + 3 * 4 - 10 / 4 ?\nAnswer with the number alone.', '11.5'],
    ['What is 0.1 + 0.2? Answer with the number only.', '0.3'],
    ['What is 6 × 7 ÷ 3? Answer with the number alone.', '14'],
    [
      'The zip broke. It was labelled negative.\nAnswer with one of: positive, negative, neutral.',
      'negative',
    ],
    ['customer: Ada Brandt\ntotal: 129.50\n\nGive the value of "total" and nothing else.', '129.50'],
  ])('answers %j', (question, text) => {
    expect(knownAnswer(question)?.text).toBe(text)
  })

  it.each([
    'What is 17 + 25?',
    'What is love? Answer with the number alone.',
    'What is 1 / 0? Answer with the number alone.',
    'What is 3 + ? Answer with the number alone.',
    'Answer with one of: red, green.',
    'Give the value of "total" and nothing else.',
    'Tell me something.',
  ])('knows no answer to %j', question => {
    expect(knownAnswer(question)).toBeNull()
  })

  it('sums like everybody else', () => {
    const number = fc.integer({ min: 1, max: 999 })
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const ask = (sum: string) => knownAnswer(`What is ${sum}? Answer with the number alone.`)?.text
        expect(ask(`${a} + ${b} * ${c}`)).toBe(String(a + b * c))
        expect(ask(`${a} * ${b} - ${c}`)).toBe(String(a * b - c))
        expect(ask(`${a} - ${b} + ${c}`)).toBe(String(a - b + c))
      }),
    )
  })

  it('has only wrong answers among its mistakes', () => {
    for (const question of [
      'What is 2 + 2? Answer with the number alone.',
      'Red or blue?\nAnswer with one of: red, blue.',
    ]) {
      const known = knownAnswer(question)
      expect(known?.mistakes.length).toBeGreaterThan(0)
      expect(known?.mistakes).not.toContain(known?.text)
    }
  })
})
