import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHeaderText, encodeHeaderText } from '../../src/wire/index.ts'

describe('encodeHeaderText', () => {
  it('gives a header value that decodes to the same text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const value = encodeHeaderText(text)
        expect(value).toMatch(/^[!-~]*$/)
        expect(decodeHeaderText(value)).toBe(text)
      }),
    )
  })

  it.each(['trace_0001/t3', 'a#2', 'quickstart-q1'])('leaves the plain name %s as it is', name => {
    expect(encodeHeaderText(name)).toBe(name)
  })
})

describe('decodeHeaderText', () => {
  it.each(['100%', '%zz', '%ff'])('takes %s, which is no encoding, as it is', value => {
    expect(decodeHeaderText(value)).toBe(value)
  })
})
