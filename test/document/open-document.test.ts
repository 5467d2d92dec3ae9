import { describe, expect, it } from 'vitest'
import { openDocument, problemsOf } from '../../src/document/index.ts'

const text = 'a: 1.50\nb:\n  - x\n  - y: ~\nc:\n'

describe('openDocument', () => {
  it('reads scalars by their type, or as the texts that were written', () => {
    expect(openDocument({ file: 'f', text }).value).toEqual({ a: 1.5, b: ['x', { y: null }], c: null })
    expect(openDocument({ file: 'f', text }, { scalars: 'text' }).value).toMatchObject({ a: '1.50' })
  })

  it.each([
    [['a'], { line: 1, column: 4 }],
    [['b', 1, 'y'], { line: 4, column: 8 }],
    [['b', 9, 'y'], { line: 3, column: 3 }],
    [['c'], { line: 5, column: 1 }],
    [[], { line: 1, column: 1 }],
  ])('finds the value at %j, or the nearest thing around it', (path, place) => {
    expect(openDocument({ file: 'f', text }).placeOf(path)).toEqual(place)
    expect(openDocument({ file: 'f', text }, { scalars: 'text' }).placeOf(path)).toEqual(place)
  })

  it('finds keys apart from their values', () => {
    expect(openDocument({ file: 'f', text }).placeOfKey(['b', 1, 'y'])).toEqual({ line: 4, column: 5 })
  })

  it.each([
    ['a: [', 'yaml-syntax'],
    ['a: 1\na: 2', 'duplicate-key'],
    ['a: *nowhere', 'yaml-syntax'],
  ])('tells what is wrong with %j', (broken, rule) => {
    expect(openDocument({ file: 'f', text: broken }).syntaxProblems[0]).toMatchObject({ file: 'f', rule })
  })
})

describe('problemsOf', () => {
  it('sorts by place, works out hints, and counts what is beyond a hundred', () => {
    const document = openDocument({ file: 'f', text })
    const [first, second] = problemsOf(
      [
        { path: ['b'], rule: 'late', message: 'b' },
        { path: ['a'], rule: 'early', message: 'a', hint: () => '; c', at: 'key' },
      ],
      { file: 'f', document },
    )
    expect(first).toEqual({ file: 'f', line: 1, column: 1, rule: 'early', message: 'a; c' })
    expect(second).toMatchObject({ line: 3, rule: 'late' })
    const many = Array.from({ length: 250 }, () => ({ path: ['a'], rule: 'r', message: 'm' }))
    expect(problemsOf(many, { file: 'f', document })).toHaveLength(101)
  })
})
