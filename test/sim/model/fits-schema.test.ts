import { describe, expect, it } from 'vitest'
import { createCheckers } from '../../../src/sim/model/fits-schema.ts'

const checkerOf = createCheckers()
const pair = [{ type: 'string' }, { type: 'number' }]

describe('createCheckers', () => {
  it.each([
    ['no dialect', {}],
    ['the newest', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['draft 7, as AI SDK and zod write it', { $schema: 'http://json-schema.org/draft-07/schema#' }],
  ])('reads schemas of %s', (_name, dialect) => {
    const { fault, fits } = checkerOf({ ...dialect, type: 'object', required: ['a'] })
    expect([fault, fits({ a: 1 }), fits({})]).toEqual([null, true, false])
  })

  it('reads tuples as each dialect writes them', () => {
    const old = checkerOf({ $schema: 'http://json-schema.org/draft-07/schema#', items: pair })
    const newest = checkerOf({ prefixItems: pair })
    for (const { fault, fits } of [old, newest]) {
      expect([fault, fits(['a', 1]), fits([1, 'a'])]).toEqual([null, true, false])
    }
  })
})
