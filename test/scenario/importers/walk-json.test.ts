import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { walkJson } from '../../../src/scenario/importers/walk-json.ts'

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Paths and the values they lead to, a container before what is in it. */
function valuesIn(value: unknown, path: readonly (string | number)[] = []): readonly unknown[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => valuesIn(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => valuesIn(item, [...path, key]))
      : []
  return [path, ...inner]
}

describe('walkJson', () => {
  it('visits every value of a document in order, at its place', () => {
    const text = ' {"a": [1, {"b\\n": "x"}, []], "c": {}, "d": null}'
    const visited: (readonly [path: string, rest: string])[] = []
    expect(
      walkJson(text, (path, offset) => visited.push([path.join('/'), text.slice(offset, offset + 3)])),
    ).toBe(null)
    expect(visited).toEqual([
      ['', '{"a'],
      ['a', '[1,'],
      ['a/0', '1, '],
      ['a/1', '{"b'],
      ['a/1/b\n', '"x"'],
      ['a/2', '[]]'],
      ['c', '{},'],
      ['d', 'nul'],
    ])
  })

  it('knows the same paths as JSON.parse, however the text is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const paths: unknown[] = []
        expect(walkJson(text, path => paths.push([...path]))).toBe(null)
        // Objects list whole numbers first, whatever the order of the text.
        const known = valuesIn(JSON.parse(text)).map(path => JSON.stringify(path))
        expect(paths.map(path => JSON.stringify(path)).toSorted()).toEqual(known.toSorted())
      }),
    )
  })

  it('takes and refuses the texts that JSON.parse takes and refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'null',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), parts => {
        const text = parts.join('')
        expect(walkJson(text) === null, text).toBe(parses(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('finds the cut of a text that was cut at its end', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), value => {
        const text = JSON.stringify(value).slice(0, -1)
        expect(walkJson(text)).toBe(text.length)
      }),
    )
  })

  it('walks a text of any depth', () => {
    const depth = 200_000
    expect(walkJson('['.repeat(depth) + ']'.repeat(depth))).toBe(null)
  })
})
