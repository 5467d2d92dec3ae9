import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/index.ts'
import { conversationOf } from '../../src/policy/index.ts'
import { conversationWords } from '../../src/router/conversation-words.ts'
import { hasHourMark } from '../../src/router/hour-mark.ts'

const system = { role: 'system', content: 'Be kind.' }
const hello = { role: 'user', content: 'Hello' }
const answer = { role: 'assistant', content: 'Hi' }
const of = (body: JsonObject, sessionHeader = '', callerId = 'local') =>
  conversationOf(conversationWords(body, { sessionHeader, callerId }))

describe('conversationWords', () => {
  it.each([
    ['session_id', { session_id: 's', prompt_cache_key: 'k', messages: [system, hello] }, 'h'],
    ['x-session-id', { prompt_cache_key: 'k', messages: [system, hello] }, 'h'],
    ['prompt_cache_key', { prompt_cache_key: 'k', messages: [system, hello] }, ''],
    ['prompt_cache_key', { session_id: '', prompt_cache_key: 'k', messages: [hello] }, ''],
    ['system+first_message', { messages: [system, hello] }, ''],
    ['system+first_message', { messages: [hello, { role: 'developer', content: 'Be kind.' }] }, ''],
    ['first_message', { messages: [hello, answer] }, ''],
    [undefined, { messages: [system] }, ''],
    [undefined, { session_id: null, prompt_cache_key: 7, messages: 'none' }, ''],
  ])('gives the source %s', (source, body, header) => {
    expect(of(body, header)?.source).toBe(source)
  })

  it.each([
    ['later messages', { messages: [system, hello, answer, { role: 'user', content: 'And now?' }] }],
    [
      'a text in one part',
      { messages: [system, { role: 'user', content: [{ type: 'text', text: 'Hello' }] }] },
    ],
    [
      'cache marks',
      {
        messages: [
          { ...system, cache_control: { type: 'ephemeral' } },
          {
            role: 'user',
            content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral', ttl: '1h' } }],
          },
        ],
      },
    ],
    ['names of the messages', { messages: [{ ...system, name: 'operator' }, hello] }],
  ])('makes no other conversation of %s', (_name, body) => {
    expect(of(body)?.key).toBe(of({ messages: [system, hello] })?.key)
  })

  it.each([
    ['another system message', { messages: [{ ...system, content: 'Be brief.' }, hello] }, 'local'],
    ['another first message', { messages: [system, { ...hello, content: 'Hello!' }] }, 'local'],
    ['another caller', { messages: [system, hello] }, 'team'],
  ])('makes another conversation of %s', (_name, body, caller) => {
    expect(of(body, '', caller)?.key).not.toBe(of({ messages: [system, hello] })?.key)
  })
})

describe('hasHourMark', () => {
  const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const part = { type: 'text', text: 'Hello' }
  it.each([
    ['at the top', { ...hour, messages: [hello] }, true],
    ['on a message', { messages: [hello, { ...hello, ...hour }] }, true],
    ['on a part', { messages: [{ role: 'user', content: [part, { ...part, ...hour }] }] }, true],
    ['on a tool', { messages: [hello], tools: [{ type: 'function', ...hour }] }, true],
    ['in the options', { messages: [hello], prompt_cache_options: { mode: 'explicit', ttl: '1h' } }, true],
    [
      'for five minutes',
      { messages: [{ ...hello, cache_control: { type: 'ephemeral', ttl: '5m' } }] },
      false,
    ],
    ['nowhere', { messages: [hello] }, false],
  ])('sees a mark %s', (_name, body, expected) => {
    expect(hasHourMark(body)).toBe(expected)
  })
})
