import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatUsd, parseUsd, picoPerUsd } from '../../src/core/index.ts'

describe('parseUsd', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['1', picoPerUsd],
    ['1.5', 1_500_000_000_000n],
    ['-0.000003', -3_000_000n],
    ['3e-7', 300_000n],
    ['3E-07', 300_000n],
    ['1.25e+2', 125n * picoPerUsd],
    ['0.000000000001', 1n],
    ['0.0000000000010', 1n],
    ['10e-13', 1n],
    ['0e-999', 0n],
    ['007', 7n * picoPerUsd],
    [' 2 ', 2n * picoPerUsd],
    ['999999.999999999999', 999_999_999_999_999_999n],
  ])('reads %s', (text, amount) => {
    expect(parseUsd(text)).toBe(amount)
  })

  it.each(['', ' ', '.5', '5.', '+1', '1,5', '1_000', '0x10', 'NaN', 'Infinity', '1e', '--1', '1 2', '$1'])(
    'refuses %j',
    text => {
      expect(parseUsd(text)).toBeNull()
    },
  )

  it.each(['0.0000000000001', '1e-13', '0.0000000000015'])('refuses %s rather than round it', text => {
    expect(parseUsd(text)).toBeNull()
  })

  it('never loses a digit of what it takes', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat({ max: 12 }), (digits, places) => {
        expect(parseUsd(`${digits}e-${places}`)).toBe(digits * 10n ** BigInt(12 - places))
      }),
    )
  })
})

describe('formatUsd', () => {
  it.each([
    [0n, '0'],
    [1_500_000_000_000n, '1.5'],
    [1n, '0.000000000001'],
    [-1n, '-0.000000000001'],
    [100n * picoPerUsd, '100'],
    [7_200_000_000n, '0.0072'],
  ])('writes %s without trailing zeros', (amount, text) => {
    expect(formatUsd(amount)).toBe(text)
  })

  it('writes what parseUsd reads back, for every amount', () => {
    fc.assert(
      fc.property(fc.bigInt(), amount => {
        expect(parseUsd(formatUsd(amount))).toBe(amount)
      }),
      { numRuns: 1000 },
    )
  })

  it('writes an amount in one way only', () => {
    fc.assert(
      fc.property(fc.bigInt(), amount => {
        expect(formatUsd(amount)).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d{0,11}[1-9])?)$/)
      }),
    )
  })
})
