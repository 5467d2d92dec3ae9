import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createToolCallJudge } from '../../src/health/tool-call-quality.ts'

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}
const free = { type: 'function', function: { name: 'free' } }
const broken = { type: 'function', function: { name: 'broken', parameters: { type: 'no such type' } } }
const call = (name: string, argumentsText: string) => ({ name, argumentsText })

/** Fails only after 2 to the power of `levels` tries. */
function doubling(levels: number) {
  const definitions: Record<string, object> = { [`d${levels}`]: { type: 'null' } }
  for (let level = 0; level < levels; level++) {
    const next = { $ref: `#/definitions/d${level + 1}` }
    definitions[`d${level}`] = { anyOf: [next, next] }
  }
  return { definitions, $ref: '#/definitions/d0' }
}

describe('createToolCallJudge', () => {
  it.each([
    ['a call that matches', [call('weather', '{"city":"Oslo","days":2}')], null],
    ['cut JSON', [call('weather', '{"city":"Os')], 'invalid_json'],
    ['empty arguments', [call('weather', '')], 'invalid_json'],
    ['cut JSON for an unknown tool', [call('whether', '{')], 'invalid_json'],
    ['an unknown tool', [call('whether', '{}')], 'unknown_name'],
    ['a name every object has', [call('constructor', '{}')], 'unknown_name'],
    ['a missing property', [call('weather', '{"days":1}')], 'schema_mismatch'],
    ['a property of another type', [call('weather', '{"city":"Oslo","days":"2"}')], 'schema_mismatch'],
    ['JSON that is no object', [call('weather', '[]')], 'schema_mismatch'],
    ['a tool without parameters', [call('free', '{"anything":1}')], null],
    ['a schema that does not compile', [call('broken', '{"anything":1}')], null],
    ['one bad call of two', [call('weather', '{"city":"Oslo"}'), call('weather', '{}')], 'schema_mismatch'],
    ['two bad calls', [call('x', '{}'), call('weather', '{')], 'unknown_name'],
    ['no call', [], null],
  ])('judges %s', (_name, calls, expected) => {
    expect(createToolCallJudge().firstBad([weather, free, broken], calls)).toBe(expected)
  })

  it('knows no name where the request has no tools, and any where it has tools of other kinds', () => {
    const { firstBad } = createToolCallJudge()
    expect(firstBad([], [call('weather', '{}')])).toBe('unknown_name')
    expect(firstBad([{ type: 'web_search' }], [call('search', '{}')])).toBeNull()
    expect(firstBad([null, 3], [call('search', '{}')])).toBeNull()
  })

  it.each([
    ['a remote reference', { $ref: 'https://nowhere.invalid/schema.json' }],
    ['an asynchronous schema', { $async: true, type: 'object', required: ['x'] }],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }],
    ['a pattern that would take for ever', { properties: { a: { pattern: '^(a+)+$' } } }],
    ['a schema that contains itself', { $ref: '#' }],
    ['a schema that contains itself on the way', { properties: { a: { $ref: '#/properties/a' } } }],
    ['a schema that doubles at each level', doubling(40)],
    [
      'a schema with names of its own',
      { definitions: { n: { $id: 'n', $ref: 'n' } }, $ref: '#/definitions/n' },
    ],
    ['a schema that is far too long', { type: 'object', required: ['x'], description: 'x'.repeat(70_000) }],
  ])('lets everything match %s', (_name, parameters) => {
    const tool = { type: 'function', function: { name: 't', parameters } }
    const argumentsText = JSON.stringify({ a: `${'a'.repeat(200)}!` })
    expect(createToolCallJudge().firstBad([tool], [call('t', argumentsText)])).toBeNull()
  })

  it('follows references to places of the schema itself', () => {
    const parameters = {
      $defs: { 'a/b': { type: 'integer' } },
      properties: { x: { $ref: '#/$defs/a~1b' }, y: { $ref: '#/%24defs/a~1b' } },
    }
    const tool = { type: 'function', function: { name: 't', parameters } }
    const { firstBad } = createToolCallJudge()
    expect(firstBad([tool], [call('t', '{"x":1,"y":2}')])).toBeNull()
    expect(firstBad([tool], [call('t', '{"x":"1"}')])).toBe('schema_mismatch')
    expect(firstBad([tool], [call('t', '{"y":"1"}')])).toBe('schema_mismatch')
  })

  it('does not compare a long list with itself', () => {
    const parameters = { properties: { a: { uniqueItems: true } } }
    const tool = { type: 'function', function: { name: 't', parameters } }
    const same = (count: number) => JSON.stringify({ a: Array.from({ length: count }, () => ({})) })
    const { firstBad } = createToolCallJudge()
    expect(firstBad([tool], [call('t', same(2))])).toBe('schema_mismatch')
    expect(firstBad([tool], [call('t', same(30_000))])).toBeNull()
  })

  it('searches plain patterns', () => {
    const parameters = { properties: { a: { pattern: '^[a-z]+$' }, b: { pattern: '^[0-9]+$' } } }
    const tool = { type: 'function', function: { name: 't', parameters } }
    const { firstBad } = createToolCallJudge()
    expect(firstBad([tool], [call('t', '{"a":"abc","b":"12"}')])).toBeNull()
    expect(firstBad([tool], [call('t', '{"a":"abc","b":"abc"}')])).toBe('schema_mismatch')
  })

  it('never throws, whatever tools and arguments are, and judges alike after forgetting a schema', () => {
    const judge = createToolCallJudge({ maxSchemas: 2 })
    const tool = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constant('function'),
        function: fc.record({ name: fc.constant('t'), parameters: fc.jsonValue() }),
      }),
    )
    const property = fc.property(
      fc.array(tool, { maxLength: 4 }),
      fc.oneof(fc.string(), fc.json()),
      (tools, text) => {
        const verdict = judge.firstBad(tools, [call('t', text)])
        expect(createToolCallJudge().firstBad(tools, [call('t', text)])).toBe(verdict)
      },
    )
    fc.assert(property, { numRuns: 60 })
  })
})
