import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTraceparent, parseTraceparent } from '../../src/core/index.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const zeroTrace = '0'.repeat(32)
const zeroSpan = '0'.repeat(16)

function arbitraryId(digits: number) {
  return fc
    .bigInt({ min: 1n, max: 2n ** BigInt(digits * 4) - 1n })
    .map(value => value.toString(16).padStart(digits, '0'))
}

describe('parseTraceparent', () => {
  it.each([
    ['a sampled context', `00-${traceId}-${spanId}-01`, true],
    ['a context that is not sampled', `00-${traceId}-${spanId}-00`, false],
    ['flags it does not know', `00-${traceId}-${spanId}-03`, true],
    ['a later version', `cc-${traceId}-${spanId}-01`, true],
    ['a later version with more fields', `cc-${traceId}-${spanId}-01-what-comes-next`, true],
  ])('reads %s', (_name, text, isSampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled })
  })

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['upper-case digits', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['an all-zero trace id', `00-${zeroTrace}-${spanId}-01`],
    ['an all-zero span id', `00-${traceId}-${zeroSpan}-01`],
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['more fields in version 00', `00-${traceId}-${spanId}-01-more`],
    ['a trailing dash in version 00', `00-${traceId}-${spanId}-01-`],
    ['text glued to the flags of a later version', `cc-${traceId}-${spanId}-01.more`],
    ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['a long span id', `00-${traceId}-${spanId}0-01`],
    ['one-digit flags', `00-${traceId}-${spanId}-1`],
    ['surrounding space', ` 00-${traceId}-${spanId}-01`],
    ['a line break at the end', `00-${traceId}-${spanId}-01\n`],
    ['no dashes', `00${traceId}${spanId}01`],
    ['two headers joined', `00-${traceId}-${spanId}-01,00-${traceId}-${spanId}-01`],
  ])('refuses %s', (_name, text) => {
    expect(parseTraceparent(text)).toBeNull()
  })
})

describe('formatTraceparent', () => {
  it('writes what parseTraceparent reads back', () => {
    const context = fc.record({ traceId: arbitraryId(32), spanId: arbitraryId(16), isSampled: fc.boolean() })
    fc.assert(
      fc.property(context, value => {
        expect(parseTraceparent(formatTraceparent(value))).toEqual(value)
      }),
    )
  })
})
