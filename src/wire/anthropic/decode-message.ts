import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../json.ts'
import { argumentsText, reasoningSecret, reasoningText } from './blocks.ts'
import { decodeErrorObject } from './error-body.ts'
import { openaiTier } from './service-tier.ts'
import { normaliseFinishReason } from '../finish-reason.ts'
import { openaiUsage } from './usage.ts'

/** A whole message as a chat completion. Pure. */
export function decodeMessage(body: JsonObject): JsonObject {
  const error = asObject(body['error'])
  if (error) return { ...body, error: decodeErrorObject(error) }
  const usage = asObject(body['usage'])
  const blocks = asArray(body['content']).map(block => asObject(block) ?? {})
  return {
    id: body['id'],
    object: 'chat.completion',
    model: body['model'],
    service_tier: openaiTier(usage?.['service_tier']) ?? null,
    choices: [{ index: 0, message: messageOf(body, blocks), ...finishOf(body) }],
    ...(usage && { usage: openaiUsage(usage) }),
  }
}

/** How a message ended, in OpenAI's word and its own. */
export function finishOf(told: JsonObject): JsonObject {
  const native = asText(told['stop_reason'])
  if (native === '') return { finish_reason: null }
  return { finish_reason: normaliseFinishReason(native), native_finish_reason: native }
}

/** Why a message was refused, where it says so. */
export function refusalOf(told: JsonObject): string | null {
  return told['stop_reason'] === 'refusal'
    ? asText(asObject(told['stop_details'])?.['explanation']) || null
    : null
}

function messageOf(body: JsonObject, blocks: readonly JsonObject[]): JsonObject {
  const texts = textsOf(blocks, 'text')
  const thoughts = textsOf(blocks, 'thinking')
  const details = blocks.flatMap(detailOf)
  const calls = blocks.filter(block => block['type'] === 'tool_use').map(toolCall)
  return {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    refusal: refusalOf(body),
    ...(thoughts.length > 0 && { reasoning: thoughts.join('') }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function textsOf(blocks: readonly JsonObject[], type: 'text' | 'thinking'): readonly string[] {
  return blocks.filter(block => block['type'] === type).map(block => asText(block[type]))
}

function detailOf(block: JsonObject, index: number): readonly JsonObject[] {
  switch (block['type']) {
    case 'thinking':
      return [
        reasoningText(index, { text: asText(block['thinking']), signature: asText(block['signature']) }),
      ]
    case 'redacted_thinking':
      return [reasoningSecret(index, block['data'])]
    default:
      return []
  }
}

function toolCall(block: JsonObject, index: number): JsonObject {
  const called = { name: asText(block['name']), arguments: argumentsText(block['input']) }
  return { index, id: asText(block['id']), type: 'function', function: called }
}
