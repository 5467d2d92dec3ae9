import type { JsonObject } from '../core/index.ts'
import { asArray, asObject } from '../wire/index.ts'

/** Fields that hosts send as null and OpenRouter's schema knows only as present or absent; null means absent. */
const absentWhenNull = [
  'role',
  'tool_calls',
  'function_call',
  'audio',
  'images',
  'annotations',
  'reasoning_details',
] as const

/** The parts of a choice that hold what a model said, in OpenRouter's shape. Pure; contents stay as they came. */
export const choiceParts = Object.freeze({
  /** Of a whole answer: with every field that clients read. */
  message: (message: JsonObject): JsonObject => ({
    role: 'assistant',
    content: null,
    refusal: null,
    reasoning: null,
    ...part(message, toolCall),
  }),
  /** Of a chunk: what it brings, and nothing else. */
  delta: (delta: JsonObject): JsonObject => part(delta, toolCallPiece),
})

function part(fields: JsonObject, call: (call: unknown, index: number) => JsonObject): JsonObject {
  const present = withReasoning(withoutNulls(fields, absentWhenNull))
  const calls = present['tool_calls']
  return calls === undefined ? present : { ...present, tool_calls: asArray(calls).map(call) }
}

/** OpenRouter's name for what many hosts call `reasoning_content`; the host's own field stays beside it. */
function withReasoning(message: JsonObject): JsonObject {
  const other = message['reasoning_content']
  const isMissing = message['reasoning'] === undefined && typeof other === 'string' && other !== ''
  return isMissing ? { ...message, reasoning: other } : message
}

/** Some hosts leave out the type of a call; there is only one. */
function toolCall(call: unknown): JsonObject {
  const fields = asObject(call) ?? {}
  return { ...fields, type: fields['type'] ?? 'function' }
}

/** A piece of a call: hosts repeat id, type and name as null, or leave out the place of an only call. */
function toolCallPiece(call: unknown, index: number): JsonObject {
  const fields = withoutNulls(asObject(call) ?? {}, ['id', 'type', 'index'])
  const named = asObject(fields['function'])
  return {
    index,
    ...fields,
    ...(named && { function: withoutNulls(named, ['name', 'arguments']) }),
  }
}

function withoutNulls(fields: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some(name => fields[name] === null)) return fields
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null || !names.includes(name)),
  )
}
