import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../../wire/index.ts'
import type { CachedAnswer } from './cached-answer.ts'

/** What `GET /generation` tells of an answer that was given again: who gave it first, and that it used nothing. Pure. */
export function cachedFields({ answer, served, sourceId }: CachedAnswer): JsonObject {
  const bodies = answer.kind === 'body' ? [answer.body] : answer.chunks
  const choices = bodies.map(body => asObject(asArray(body['choices'])[0]) ?? {})
  const last = choices.findLast(choice => asText(choice['finish_reason']) !== '') ?? {}
  return {
    model: served.model,
    provider_name: asText(bodies[0]?.['provider']) || null,
    finish_reason: asText(last['finish_reason']) || null,
    native_finish_reason: asText(last['native_finish_reason']) || null,
    ...noTokens,
    response_cache_source_id: sourceId,
  }
}

const noTokens = {
  tokens_prompt: 0,
  tokens_completion: 0,
  native_tokens_prompt: 0,
  native_tokens_completion: 0,
  native_tokens_reasoning: 0,
  native_tokens_cached: 0,
} as const
