import type { JsonObject } from '../core/index.ts'
import type { ConversationWords } from '../policy/index.ts'
import { asArray, asObject, asText } from '../wire/index.ts'
import type { RoutedCall } from './route.ts'

/** Names longer than this are no conversation's name; OpenRouter takes 256 characters for a session id. */
const longestName = 256
const systemRoles: ReadonlySet<string> = new Set(['system', 'developer'])

/** The words of a request that may name its conversation. The opening is read only when nothing else is there. Pure. */
export function conversationWords(
  body: JsonObject,
  call: Pick<RoutedCall, 'sessionHeader' | 'callerId'>,
): ConversationWords {
  const sessionId = asText(body['session_id'])
  const promptCacheKey = asText(body['prompt_cache_key']).slice(0, longestName)
  const { sessionHeader } = call
  const isNamed = sessionId !== '' || sessionHeader !== '' || promptCacheKey !== ''
  const opening = isNamed ? { systemMessage: '', firstMessage: '' } : openingOf(asArray(body['messages']))
  return { caller: call.callerId, sessionId, sessionHeader, promptCacheKey, ...opening }
}

function openingOf(messages: readonly unknown[]) {
  const isSystem = (message: unknown) => systemRoles.has(asText(asObject(message)?.['role']))
  const system = messages.find(isSystem)
  const first = messages.find(message => !isSystem(message))
  return {
    systemMessage: system === undefined ? '' : writingOf(system),
    firstMessage: first === undefined ? '' : writingOf(first),
  }
}

/**
 * Role and content in one writing. Clients move cache marks from turn to turn and write a text now as a string, now
 * as a list with one part: neither makes another conversation.
 */
function writingOf(message: unknown): string {
  const { role, content } = asObject(message) ?? {}
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return JSON.stringify([role, parts], (key, value: unknown) => (key === 'cache_control' ? undefined : value))
}
