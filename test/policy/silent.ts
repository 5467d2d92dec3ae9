import type { ConversationWords } from '../../src/policy/index.ts'

/** A request that says nothing about its conversation. */
export const silent: ConversationWords = {
  caller: '',
  sessionId: '',
  sessionHeader: '',
  promptCacheKey: '',
  systemMessage: '',
  firstMessage: '',
}
