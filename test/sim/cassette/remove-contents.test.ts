import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { removeContents } from '../../../src/sim/cassette/remove-contents.ts'

const json = 'application/json'
const stream = 'text/event-stream; charset=utf-8'

describe('removeContents', () => {
  it('replaces texts and keeps names, numbers and the protocol', () => {
    const body = JSON.stringify({
      id: 'chatcmpl-1',
      choices: [{ message: { role: 'assistant', content: 'Secret!' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12 },
    })
    expect(JSON.parse(removeContents(body, json))).toEqual({
      id: 'chatcmpl-1',
      choices: [{ message: { role: 'assistant', content: 'word wo' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12 },
    })
  })

  it.each([
    [
      'an error that quotes the prompt',
      '{"error":{"message":"bad: secret","type":"invalid","code":"x"}}',
      json,
    ],
    ['texts in lists', '{"content":["secret",{"text":"secret"}]}', json],
    ['escaped quotes', '{"content":"a\\"secret\\\\"}', json],
    ['arguments of tools', '{"function":{"name":"secret","arguments":"{\\"a\\":\\"secret\\"}"}}', json],
    ['a stream', 'data: {"delta":{"content":"secret"}}\n\ndata: [DONE]\n\n', stream],
    ['a record that is cut off', 'data: {"delta":{"content":"secr', stream],
    ['a record with one quote too many', 'data: {"a":"b"","content":"secret"}\n\n', stream],
    ['a line that is no field', 'secret\n', stream],
    ['JSON that is none', '{"content": secret', json],
    ['a page of HTML', '<h1>secret</h1>', 'text/html'],
    ['a body without a type', '{"content":"secret"}', ''],
  ])('leaves nothing of %s, at the same length', (_, body, type) => {
    const removed = removeContents(body, type)
    expect(removed).not.toMatch(/secr/)
    expect(removed).toHaveLength(body.length)
  })

  it('hides numbers that spell a text out', () => {
    expect(removeContents('{"bytes":[104,105],"embedding":[-0.25],"n":25}', json)).toBe(
      '{"bytes":[111,111],"embedding":[-1.11],"n":25}',
    )
  })

  it('keeps fields, comments and the end of a stream', () => {
    const body = 'event: message_start\r\n: ping\r\ndata: {"type":"x"}\r\n\r\ndata: [DONE]\n\n'
    expect(removeContents(body, stream)).toBe(body)
  })

  it('gives JSON of the same shape and length for any JSON', () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape)
      if (typeof value === 'object' && value !== null)
        return Object.entries(value).map(([name, member]) => [name, shape(member)])
      return typeof value === 'string' ? 'text' : value
    }
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const body = Buffer.from(JSON.stringify(value)).toString('latin1')
        const removed = removeContents(body, json)
        expect(removed).toHaveLength(body.length)
        expect(shape(JSON.parse(removed))).toEqual(shape(JSON.parse(body)))
      }),
    )
  })
})
