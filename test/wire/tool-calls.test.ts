import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatherToolCalls } from '../../src/wire/tool-calls.ts'

function callsOf(...batches: readonly (readonly unknown[])[]) {
  const parts = gatherToolCalls()
  for (const batch of batches) parts.add(batch)
  return parts.calls()
}

const piece = (index: number | undefined, text: string, name?: string) => ({
  ...(index !== undefined && { index }),
  function: { ...(name !== undefined && { name }), arguments: text },
})

describe('gatherToolCalls', () => {
  it.each([
    ['nothing', [], []],
    ['a whole call', [[piece(0, '{}', 'a')]], [['a', '{}']]],
    ['pieces of one call', [[piece(0, '', 'a')], [piece(0, '{"x"')], [piece(0, ':1}')]], [['a', '{"x":1}']]],
    [
      'pieces of two calls, mixed',
      [[piece(0, '{', 'a'), piece(1, '[', 'b')], [piece(1, ']')], [piece(0, '}')]],
      [
        ['a', '{}'],
        ['b', '[]'],
      ],
    ],
    [
      'whole calls without an index',
      [[piece(undefined, '{}', 'a'), piece(undefined, '[]', 'b')]],
      [
        ['a', '{}'],
        ['b', '[]'],
      ],
    ],
    ['pieces without an index', [[piece(undefined, '', 'a')], [piece(undefined, '{}')]], [['a', '{}']]],
    ['what is no call', [[null, 3, {}, { function: 7 }]], [['', '']]],
  ])('puts together %s', (_name, batches, expected) => {
    expect(callsOf(...batches)?.map(({ name, argumentsText }) => [name, argumentsText])).toEqual(expected)
  })

  it('keeps the arguments whole, however they are cut', () => {
    const property = fc.property(fc.array(fc.string()), texts => {
      const batches = texts.map((text, index) => [piece(0, text, index === 0 ? 'a' : undefined)])
      expect(callsOf(...batches)).toEqual(
        texts.length === 0 ? [] : [{ name: 'a', argumentsText: texts.join('') }],
      )
    })
    fc.assert(property)
  })

  it('keeps none of an answer with too many', () => {
    const long = 'x'.repeat(200_000)
    expect(callsOf([piece(0, long, 'a')])).toHaveLength(1)
    expect(callsOf([piece(0, long, 'a')], [piece(0, long)])).toBeNull()
    expect(callsOf(Array.from({ length: 70_000 }, () => piece(0, '')))).toBeNull()
  })
})
