import { uuidOf } from '../core/index.ts'

/** What can name a conversation, in order of precedence (docs/routing.md, Sticky routing). */
const stickySources = [
  'session_id',
  'x-session-id',
  'prompt_cache_key',
  'system+first_message',
  'first_message',
] as const

export type StickySource = (typeof stickySources)[number]

/** The words of a request that may name its conversation; empty: not there. */
export interface ConversationWords {
  /** Name of the caller's key: two callers never share a conversation. */
  readonly caller: string
  readonly sessionId: string
  readonly sessionHeader: string
  readonly promptCacheKey: string
  /** First system or developer message, in any fixed writing. */
  readonly systemMessage: string
  /** First message of another role. */
  readonly firstMessage: string
}

/** A conversation, as far as routing knows it. */
export interface Conversation {
  /** Hash of the caller and of what names the conversation; nothing of either can be read from it. */
  readonly key: string
  readonly source: StickySource
  /** Whether the caller named it; else it was recognised by its opening, which two conversations may share. */
  readonly isExplicit: boolean
}

/** The conversation that a request belongs to; null when nothing names it. Pure. */
export function conversationOf(words: ConversationWords): Conversation | null {
  for (const [source, kind, value] of namesOf(words)) {
    if (value === '') continue
    const isExplicit = kind !== 'opening'
    return { key: uuidOf('conversation', JSON.stringify([words.caller, kind, value])), source, isExplicit }
  }
  return null
}

/** A session is the same whether the body or a header names it; other names are apart, whatever they say. */
function namesOf(words: ConversationWords): readonly (readonly [StickySource, string, string])[] {
  const { systemMessage, firstMessage } = words
  const both = systemMessage !== '' && firstMessage !== ''
  return [
    ['session_id', 'session', words.sessionId],
    ['x-session-id', 'session', words.sessionHeader],
    ['prompt_cache_key', 'cache key', words.promptCacheKey],
    ['system+first_message', 'opening', both ? JSON.stringify([systemMessage, firstMessage]) : ''],
    ['first_message', 'opening', systemMessage === '' ? firstMessage : ''],
  ]
}
