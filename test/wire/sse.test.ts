import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseDecoder, maxEventChars } from '../../src/wire/sse.ts'

/** What a stream says, its bytes cut at these places. */
function decode(bytes: Buffer, cuts: readonly number[] = []) {
  const seen: string[] = []
  const decoder = createSseDecoder({
    onData: data => seen.push(`data ${data}`),
    onComment: text => seen.push(`comment ${text}`),
    onTooLong: () => seen.push('too long'),
  })
  const places = [0, ...cuts, bytes.length].toSorted((a, b) => a - b)
  for (const [at, place] of places.entries()) decoder.push(bytes.subarray(place, places[at + 1] ?? place))
  return seen
}

describe('createSseDecoder', () => {
  it.each([
    ['lines that end with LF', 'data: a\n\ndata: b\n\n', ['data a', 'data b']],
    ['lines that end with CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data a', 'data b']],
    ['lines that end with CR', 'data: a\r\rdata: b\r\r', ['data a', 'data b']],
    ['data in several lines', 'data: a\ndata\ndata:b\n\n', ['data a\n\nb']],
    [
      'comments between and within events',
      ': hi\n\ndata: a\n:there\n\n',
      ['comment hi', 'comment there', 'data a'],
    ],
    ['names, ids and unknown fields', 'event: x\nid: 7\nretry: 5\nother: y\ndata: a\n\n', ['data a']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['data a']],
    ['empty events', '\n\n\nevent: x\n\ndata: a\n\n', ['data a']],
    ['an event without its end', 'data: a\n\ndata: b\n', ['data a']],
    ['what is not UTF-8', 'data: \xff\n\n', ['data \uFFFD'], 'latin1' as const],
  ])('reads %s', (_name, text, expected, encoding: BufferEncoding = 'utf8') => {
    expect(decode(Buffer.from(text, encoding))).toEqual(expected)
  })

  it('gives the same events however the bytes are cut', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => `data: ${text.replace(/[\r\n]/g, '')}`),
      fc.constantFrom(': ping', 'event: x', 'id: 1', 'data', 'data:é', 'data: 😀', '{"raw":1}', ''),
    )
    const ending = fc.constantFrom('\n', '\r\n', '\r')
    const text = fc.array(fc.tuple(line, ending), { maxLength: 20 }).map(lines => lines.flat().join(''))
    const property = fc.property(text, fc.array(fc.nat(400), { maxLength: 30 }), (stream, places) => {
      const bytes = Buffer.from(stream)
      const cuts = places.map(place => Math.min(place, bytes.length))
      expect(decode(bytes, cuts)).toEqual(decode(bytes))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('gives the same events byte for byte', () => {
    const bytes = Buffer.from('data: Hé😀\r\n\r\n: ok\r\rdata: b\ndata: c\n\n')
    expect(decode(bytes, [...bytes.keys()])).toEqual(['data Hé😀', 'comment ok', 'data b\nc'])
  })

  it.each([
    ['in one line', 'x'],
    ['in many lines', `${'x'.repeat(1024)}\ndata: `],
  ])('refuses an event of 50 MB %s, once, and reads nothing more', (_name, piece) => {
    const seen: string[] = []
    const decoder = createSseDecoder({
      onData: data => seen.push(`data of ${data.length}`),
      onComment: () => undefined,
      onTooLong: () => seen.push('too long'),
    })
    const megabyte = Buffer.from(piece.repeat(Math.ceil(2 ** 20 / piece.length)))
    decoder.push(Buffer.from('data: '))
    for (let at = 0; at < 50; at++) decoder.push(megabyte)
    decoder.push(Buffer.from('\n\ndata: more\n\n'))
    expect(maxEventChars).toBeLessThan(50 * 2 ** 20)
    expect(seen).toEqual(['too long'])
  })
})
