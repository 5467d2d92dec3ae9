import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
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

describe('jsonFor', () => {
  it('gives an object where any will do', () => {
    expect(jsonFor(null, createRng('json'))).toBeTypeOf('object')
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
  ])('satisfies a schema with %s', (_, schema) => {
    const validate = ajv.compile(schema)
    for (let at = 0; at < 20; at++) {
      const value = jsonFor(schema, createRng(String(at)))
      expect(validate(value), JSON.stringify([value, validate.errors])).toBe(true)
    }
  })
})
