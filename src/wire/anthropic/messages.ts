import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject, asText, parseJson } from '../json.ts'
import { contentBlocks } from './content-blocks.ts'
import { reasoningFormat } from './blocks.ts'

/** A message of the conversation. */
interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
}

/**
 * System prompt and conversation. Results of tools become one message of the user, as the API wants them together; a
 * system message in the midst of the conversation moves to its front, which is noted. Pure but for the departures.
 */
export function encodeMessages(messages: readonly unknown[], departures: Departures): JsonObject {
  const system: JsonObject[] = []
  const turns: Message[] = []
  for (const message of messages.map(one => asObject(one) ?? {})) {
    if (asText(message['name']) !== '') departures.leaveOut('name of a message')
    if (isSystem(message)) {
      if (turns.length > 0) departures.change('a later system message at the front')
      system.push(...contentBlocks(message, departures))
    } else addTurn(turns, turnOf(message, departures))
  }
  return {
    ...(system.length > 0 && { system }),
    messages: turns.map(({ role, content }) => ({ role, content: plainContent(content) })),
  }
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system' || role === 'developer'
}

function turnOf(message: JsonObject, departures: Departures): Message {
  switch (message['role']) {
    case 'assistant':
      return { role: 'assistant', content: assistantBlocks(message, departures) }
    case 'tool':
      return { role: 'user', content: [toolResult(message, departures)] }
    default:
      return { role: 'user', content: contentBlocks(message, departures) }
  }
}

/** Adds a turn, to the last one when both belong to one message: results of tools, and what the user says to them. */
function addTurn(turns: Message[], turn: Message): void {
  const last = turns.at(-1)
  const follows = last?.role === 'user' && turn.role === 'user' && last.content[0]?.['type'] === 'tool_result'
  if (follows) turns[turns.length - 1] = { role: 'user', content: [...last.content, ...turn.content] }
  else turns.push(turn)
}

/** One plain text needs no blocks. */
function plainContent(content: readonly JsonObject[]): unknown {
  const [only] = content
  const isPlain = content.length === 1 && only?.['type'] === 'text' && Object.keys(only).length === 2
  return isPlain ? only['text'] : content
}

function assistantBlocks(message: JsonObject, departures: Departures): readonly JsonObject[] {
  const refusal = asText(message['refusal'])
  return [
    ...asArray(message['reasoning_details']).flatMap(thinkingBlock),
    ...contentBlocks(message, departures),
    ...(refusal === '' ? [] : [{ type: 'text', text: refusal }]),
    ...asArray(message['tool_calls']).map(call => toolUse(asObject(call) ?? {}, departures)),
  ]
}

/** Thinking goes back only with the signature that vouches for it. */
function thinkingBlock(detail: unknown): readonly JsonObject[] {
  const { type, text, signature, data, format } = (asObject(detail) ?? {}) as {
    readonly [name: string]: unknown
  }
  if (format !== undefined && format !== reasoningFormat) return []
  if (type === 'reasoning.encrypted') return [{ type: 'redacted_thinking', data }]
  return asText(signature) === '' ? [] : [{ type: 'thinking', thinking: asText(text), signature }]
}

function toolUse(call: JsonObject, departures: Departures): JsonObject {
  const called = asObject(call['function']) ?? {}
  const text = asText(called['arguments'])
  const input = text.trim() === '' ? {} : asObject(parseJson(text))
  if (!input) departures.change('arguments that are no JSON object as text')
  return {
    type: 'tool_use',
    id: call['id'],
    name: called['name'],
    input: input ?? { arguments: text },
    ...markOf(call),
  }
}

function toolResult(message: JsonObject, departures: Departures): JsonObject {
  const blocks = contentBlocks({ ...message, cache_control: undefined }, departures)
  return {
    type: 'tool_result',
    tool_use_id: message['tool_call_id'],
    ...(blocks.length > 0 && { content: plainContent(blocks) }),
    ...markOf(message),
  }
}

function markOf({ cache_control: mark }: JsonObject): JsonObject {
  return mark === undefined ? {} : { cache_control: mark }
}
