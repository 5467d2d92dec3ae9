import type { JsonObject } from '../core/index.ts'
import type { Usage } from '../record/index.ts'
import { type FinishReason, normaliseFinishReason } from './finish-reason.ts'
import { asArray, asObject, asText } from './json.ts'
import { readUsage } from './openai/usage.ts'

/** What one chunk of an answer carries. Fields it does not carry are empty or null. */
export interface Delta {
  readonly text: string
  readonly hasReasoning: boolean
  /** Tool calls or pieces of them, as they came. */
  readonly toolCalls: readonly unknown[]
  /** Also from the native one, where that is all there is. */
  readonly finishReason: FinishReason
  readonly nativeFinishReason: string
  /** `invalid`: it tells what cannot be. */
  readonly usage: Usage | 'invalid' | null
  /** The error object as it came, for `classifyErrorObject`; null: none. */
  readonly error: unknown
  readonly id: string
  readonly model: string
  readonly provider: string
}

/**
 * Reads one chunk of a chat completion stream. `choices` may be missing or empty (Azure's first chunk, the usage
 * chunk); a role-only or empty delta is no token. Pure.
 */
export function decodeChunk(chunk: JsonObject): Delta {
  const choice = asObject(asArray(chunk['choices'])[0])
  return decodeMessage(chunk, choice, asObject(choice?.['delta']))
}

/** Reads the body of a chat completion that was not streamed. Pure. */
export function decodeBody(body: JsonObject): Delta {
  const choice = asObject(asArray(body['choices'])[0])
  return decodeMessage(body, choice, asObject(choice?.['message']))
}

function decodeMessage(body: JsonObject, choice: JsonObject | null, message: JsonObject | null): Delta {
  const told = asText(choice?.['finish_reason'])
  const nativeFinishReason = asText(choice?.['native_finish_reason']) || told
  return {
    text: asText(message?.['content']),
    hasReasoning:
      asText(message?.['reasoning']) !== '' ||
      asText(message?.['reasoning_content']) !== '' ||
      asArray(message?.['reasoning_details']).some(isThought),
    toolCalls: asArray(message?.['tool_calls']),
    // Where both are told, the native one is in words of its own: Gemini says STOP also for tool calls.
    finishReason: normaliseFinishReason(told || nativeFinishReason),
    nativeFinishReason,
    usage: readUsage(usageIn(body)),
    error: readError(body, choice),
    id: asText(body['id']),
    model: asText(body['model']),
    provider: asText(body['provider']),
  }
}

/** A signature alone vouches for thoughts that came before it. */
function isThought(detail: unknown): boolean {
  const told = asObject(detail)
  return asText(told?.['signature']) === '' || asText(told?.['text']) !== ''
}

/** Groq's streams have it under a name of its own as well. */
function usageIn(body: JsonObject): unknown {
  return body['usage'] ?? asObject(body['x_groq'])?.['usage']
}

function readError(body: JsonObject, choice: JsonObject | null): unknown {
  if (body['error']) return body['error']
  if (choice?.['error']) return choice['error']
  return choice?.['finish_reason'] === 'error' ? { message: 'finish_reason is error' } : null
}
