import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as c from '../../src/record/column.ts'

describe('time', () => {
  const { encode } = c.time('')

  function textOf(epochUs: number): string {
    const text = encode(epochUs)
    return typeof text === 'string' ? text : 'no text'
  }

  it.each([
    [0, '1970-01-01 00:00:00.000000'],
    [1, '1970-01-01 00:00:00.000001'],
    [999_999, '1970-01-01 00:00:00.999999'],
    [1_795_194_300_123_456, '2026-11-20 17:05:00.123456'],
    [-1, '1969-12-31 23:59:59.999999'],
  ])('writes %i µs as %s', (epochUs, text) => {
    expect(encode(epochUs)).toBe(text)
  })

  it('keeps every microsecond and the order of times', () => {
    const epochUs = fc.integer({ min: 0, max: 4_102_444_800_000_000 })
    fc.assert(
      fc.property(epochUs, epochUs, (left, right) => {
        const [leftText, rightText] = [textOf(left), textOf(right)]
        expect(Math.sign(left - right)).toBe(leftText < rightText ? -1 : Number(leftText > rightText))
        const [, seconds = '', micros = ''] = /^(.*)\.(\d{6})$/.exec(leftText) ?? []
        expect(Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1000 + Number(micros)).toBe(left)
      }),
    )
  })
})

describe('optionalTime', () => {
  it('keeps an absent time absent', () => {
    expect(c.optionalTime('').encode(null)).toBeNull()
    expect(c.optionalTime('').encode(0)).toBe('1970-01-01 00:00:00.000000')
  })
})

describe('money', () => {
  it('writes a decimal text, so that no float touches it', () => {
    expect(c.money('').encode(1n)).toBe('0.000000000001')
    expect(c.money('').encode(-24_300_000_000n)).toBe('-0.0243')
  })
})

describe('optionalMoney', () => {
  it('keeps unknown apart from free', () => {
    expect(c.optionalMoney('').encode(null)).toBeNull()
    expect(c.optionalMoney('').encode(0n)).toBe('0')
  })
})

describe('hash', () => {
  it('writes 64 bits as text, beyond what a JSON number holds', () => {
    expect(c.hash('').encode(2n ** 64n - 1n)).toBe('18446744073709551615')
  })
})

describe('uint64', () => {
  it('writes a text, as ClickHouse quotes 64-bit integers', () => {
    expect(c.uint64('').encode(9_007_199_254_740_991)).toBe('9007199254740991')
  })
})

describe.each([
  ['text', c.text('').encode('ü"\n'), 'ü"\n'],
  ['label', c.label('').encode(''), ''],
  ['flag', c.flag('').encode(false), false],
  ['optionalFlag', c.optionalFlag('').encode(null), null],
  ['uint8', c.uint8('').encode(255), 255],
  ['uint16', c.uint16('').encode(0), 0],
  ['uint32', c.uint32('').encode(4_294_967_295), 4_294_967_295],
  ['optionalUint32', c.optionalUint32('').encode(null), null],
  ['float', c.float('').encode(0.25), 0.25],
  ['tags', c.tags('').encode({ team: 'a' }), { team: 'a' }],
])('%s', (_name, encoded, value) => {
  it('leaves the value as it is', () => {
    expect(encoded).toEqual(value)
  })
})

describe('oneOf', () => {
  it('numbers the names in the order given', () => {
    const column = c.oneOf(['live', 'warmup', 'measure'], 'Part of a run.')
    expect(column.clickhouse).toBe("Enum8('live' = 0, 'warmup' = 1, 'measure' = 2)")
    expect(column.encode('measure')).toBe('measure')
  })
})

describe('every encoder', () => {
  it.each([
    ['text', c.text('').encode('a\ud800b'), 'a\ufffdb'],
    ['text cut in a pair', c.text('').encode(`${'x'.repeat(4095)}🚀`), `${'x'.repeat(4095)}\ufffd`],
    ['jsonText', c.jsonText('').encode('x'.repeat(10_000)), 'x'.repeat(10_000)],
    ['label', c.label('').encode('x'.repeat(10_000)), 'x'.repeat(256)],
    ['uuid', c.uuid('').encode('no'), '00000000-0000-0000-0000-000000000000'],
    ['time', c.time('').encode(Number.NaN), '1970-01-01 00:00:00.000000'],
    ['time', c.time('').encode(1e300), '2255-06-05 23:47:34.740991'],
    ['optionalTime', c.optionalTime('').encode(1e300), null],
    ['uint8', c.uint8('').encode(256), 255],
    ['uint16', c.uint16('').encode(-1), 0],
    ['uint32', c.uint32('').encode(Number.NaN), 0],
    ['uint64', c.uint64('').encode(1e21), '9007199254740991'],
    ['float', c.float('').encode(Infinity), 0],
    ['optionalUint32', c.optionalUint32('').encode(2 ** 32), null],
    ['optionalUint32', c.optionalUint32('').encode(-1), null],
    ['optionalUint32', c.optionalUint32('').encode(Number.NaN), null],
    ['money', c.money('').encode(10n ** 18n), '999999.999999999999'],
    ['optionalMoney', c.optionalMoney('').encode(10n ** 18n), null],
    ['optionalMoney', c.optionalMoney('').encode(-(10n ** 18n)), null],
    ['hash', c.hash('').encode(-1n), '18446744073709551615'],
    ['tags', c.tags('').encode({ '\udc00': '\ud800' }), { '\ufffd': '\ufffd' }],
  ])('makes of a hostile value what the column takes: %s', (_name, encoded, value) => {
    expect(encoded).toEqual(value)
  })
})
