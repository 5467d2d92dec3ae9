import { describe, expect, it } from 'vitest'
import { isObject } from '../../src/core/index.ts'

describe('isObject', () => {
  it.each([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    ['text', false],
    [undefined, false],
  ])('judges %j', (value, expected) => {
    expect(isObject(value)).toBe(expected)
  })
})
