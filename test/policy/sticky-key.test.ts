import { describe, expect, it } from 'vitest'
import { conversationOf, type ConversationWords } from '../../src/policy/index.ts'
import { silent } from './silent.ts'

const all: ConversationWords = {
  caller: 'team',
  sessionId: 'body',
  sessionHeader: 'header',
  promptCacheKey: 'cache key',
  systemMessage: 'You are kind.',
  firstMessage: 'Hello',
}
const of = (more: Partial<ConversationWords>) => conversationOf({ ...silent, ...more })

describe('conversationOf', () => {
  it.each([
    ['session_id', true, {}],
    ['x-session-id', true, { sessionId: '' }],
    ['prompt_cache_key', true, { sessionId: '', sessionHeader: '' }],
    ['system+first_message', false, { sessionId: '', sessionHeader: '', promptCacheKey: '' }],
    ['first_message', false, { sessionId: '', sessionHeader: '', promptCacheKey: '', systemMessage: '' }],
  ])('takes %s when nothing of higher rank is there', (source, isExplicit, without) => {
    expect(conversationOf({ ...all, ...without })).toMatchObject({ source, isExplicit })
  })

  it.each([
    ['nothing at all', {}],
    ['a system message alone, which many conversations share', { systemMessage: 'You are kind.' }],
    ['a caller alone', { caller: 'team' }],
  ])('is null with %s', (_name, words) => {
    expect(of(words)).toBeNull()
  })

  it('takes a session for the same whether the body or the header names it', () => {
    expect(of({ sessionHeader: 's' })?.key).toBe(of({ sessionId: 's' })?.key)
  })

  it.each([
    ['callers', { sessionId: 's' }, { sessionId: 's', caller: 'team' }],
    ['a session and a cache key of the same name', { sessionId: 's' }, { promptCacheKey: 's' }],
    ['a session and a message of the same words', { sessionId: 's' }, { firstMessage: 's' }],
    ['system messages', { systemMessage: 'a', firstMessage: 'm' }, { systemMessage: 'b', firstMessage: 'm' }],
    ['first messages', { systemMessage: 'a', firstMessage: 'm' }, { systemMessage: 'a', firstMessage: 'n' }],
    [
      'where one message ends',
      { systemMessage: 'ab', firstMessage: 'c' },
      { systemMessage: 'a', firstMessage: 'bc' },
    ],
    [
      'a caller and a session in other places',
      { caller: 'a', sessionId: 'b' },
      { caller: 'b', sessionId: 'a' },
    ],
  ])('keeps apart %s', (_name, one, other) => {
    expect(of(one)?.key).not.toBe(of(other)?.key)
  })

  it('shows nothing of what it hashes', () => {
    const { key } = of({ caller: 'team', sessionId: 'secret-session' }) ?? { key: '' }
    expect(key).toMatch(/^[0-9a-f-]{36}$/)
  })
})
