import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { createCheckers } from '../../../src/sim/model/fits-schema.ts'
import { jsonFor } from '../../../src/sim/model/json-answer.ts'

const formats = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/,
  email: /^\w+@[\w.]+$/,
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  uri: /^https:\/\/[\w./]+$/,
  'of our own': true,
} as const
const ajv = new Ajv2020({ strict: false, formats })
const checkerOf = createCheckers()
const madeFor = (schema: object | null, seed: string) =>
  jsonFor(schema === null ? null : { ...schema }, { rng: createRng(seed), checkerOf })

describe('jsonFor', () => {
  it('gives an object where any will do', () => {
    expect(madeFor(null, 'json').value).toBeTypeOf('object')
  })

  it.each([
    [
      'types',
      {
        type: 'object',
        properties: {
          s: { type: 'string' },
          n: { type: 'number' },
          b: { type: 'boolean' },
          z: { type: 'null' },
        },
        required: ['s', 'n', 'b', 'z'],
        additionalProperties: false,
      },
    ],
    [
      'enum and const',
      {
        type: 'object',
        properties: { e: { enum: ['red', 'green'] }, c: { const: 7 } },
        required: ['e', 'c'],
      },
    ],
    [
      'bounds',
      {
        type: 'object',
        properties: {
          n: { type: 'integer', minimum: 5, maximum: 6 },
          s: { type: 'string', minLength: 20, maxLength: 24 },
          x: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 3 },
        },
      },
    ],
    [
      'upper bounds alone',
      {
        type: 'object',
        properties: { n: { type: 'integer', maximum: -3 }, m: { type: 'integer', exclusiveMaximum: 0 } },
      },
    ],
    [
      'arrays',
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'integer' }, minItems: 3 } },
        required: ['a'],
      },
    ],
    ['nullable types', { type: 'object', properties: { s: { type: ['string', 'null'] } }, required: ['s'] }],
    [
      'alternatives',
      {
        anyOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object' },
        ],
      },
    ],
    [
      'parts',
      {
        type: 'object',
        allOf: [
          { properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'integer' } }, required: ['b'] },
        ],
      },
    ],
    [
      'references',
      {
        type: 'object',
        properties: { p: { $ref: '#/$defs/point' } },
        required: ['p'],
        $defs: { point: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
      },
    ],
    [
      'recursion',
      { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#' } }, required: ['name'] },
    ],
    [
      'formats',
      {
        type: 'object',
        properties: {
          day: { type: 'string', format: 'date' },
          at: { type: 'string', format: 'date-time' },
          mail: { type: 'string', format: 'email' },
          id: { type: 'string', format: 'uuid' },
          page: { type: 'string', format: 'uri' },
          odd: { type: 'string', format: 'of our own' },
        },
      },
    ],
    [
      'multiples',
      {
        type: 'object',
        properties: {
          n: { type: 'integer', multipleOf: 5, minimum: 12, maximum: 33 },
          m: { type: 'number', multipleOf: 7 },
        },
      },
    ],
    [
      'tuples',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false, maxItems: 2 },
    ],
    ['required properties without a schema of their own', { type: 'object', required: ['anything'] }],
    [
      'patterns',
      {
        type: 'object',
        properties: {
          plate: { type: 'string', pattern: '^[A-Z]{1,3}-\\d{2,4}( [a-f0-9]+)?$' },
          version: { type: 'string', pattern: String.raw`^v\d+\.\d+\.\d+(?:-(?:alpha|beta)\.\d)?$` },
          name: { type: 'string', pattern: '^[^\\s@]+$', minLength: 2, maxLength: 8 },
          word: { type: 'string', pattern: 'ab+c?' },
        },
        required: ['plate', 'version', 'name', 'word'],
      },
    ],
    [
      'unique items',
      { type: 'array', items: { enum: ['a', 'b', 'c', 'd'] }, minItems: 4, uniqueItems: true },
    ],
    [
      'items that must be among others',
      { type: 'array', items: { type: 'integer' }, contains: { const: 7 } },
    ],
    [
      'bounds without a whole number between them',
      { type: 'object', properties: { x: { type: 'number', minimum: 0.2, maximum: 0.4 } }, required: ['x'] },
    ],
    [
      'decimal steps',
      { type: 'array', items: { type: 'number', multipleOf: 0.1, minimum: 0.25 }, minItems: 5 },
    ],
    [
      'alternatives of which the first cannot be',
      { type: 'object', required: ['a'], oneOf: [false, { properties: { a: { type: 'integer' } } }] },
    ],
    [
      'alternatives beside properties',
      {
        type: 'object',
        properties: { kind: { enum: ['cat', 'dog'] } },
        required: ['kind'],
        oneOf: [
          { properties: { kind: { const: 'cat' }, lives: { type: 'integer' } }, required: ['lives'] },
          { properties: { kind: { const: 'dog' }, tricks: { type: 'array' } }, required: ['tricks'] },
        ],
      },
    ],
    [
      'conditions',
      {
        type: 'object',
        properties: { paid: { type: 'boolean' }, by: { enum: ['card', 'cash'] } },
        required: ['paid'],
        if: { properties: { paid: { const: true } } },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: { required: ['by'] },
        else: { not: { required: ['by'] } },
      },
    ],
    [
      'bounds in several parts',
      { type: 'integer', allOf: [{ minimum: 3 }, { minimum: 8, maximum: 20 }, { maximum: 9 }] },
    ],
    ['a number of members', { type: 'object', minProperties: 3, additionalProperties: { type: 'integer' } }],
  ])('satisfies a schema with %s', (_, schema) => {
    const validate = ajv.compile(schema)
    for (let at = 0; at < 20; at++) {
      const { value, isFit } = madeFor(schema, String(at))
      expect(isFit).toBe(true)
      expect(validate(value), JSON.stringify([value, validate.errors])).toBe(true)
    }
  })

  it.each([
    ['nothing fits', { type: 'integer', minimum: 5, maximum: 4 }],
    ['its parts contradict each other', { allOf: [{ const: 1 }, { const: 2 }] }],
    ['its pattern looks around', { type: 'string', pattern: '^(?=.*\\d{9})x{3}$' }],
  ])('says so where %s', (_, schema) => {
    expect(madeFor(schema, 'none').isFit).toBe(false)
  })
})
