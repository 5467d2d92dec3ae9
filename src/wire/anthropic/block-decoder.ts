import type { JsonObject } from '../../core/index.ts'
import { asObject, asText } from '../json.ts'
import { argumentsText, reasoningSecret, reasoningText } from './blocks.ts'

/** Turns the events of content blocks into deltas of a chat completion; null: nothing to tell. */
export interface BlockDecoder {
  start(index: unknown, content: JsonObject): JsonObject | null
  continue(index: unknown, delta: JsonObject): JsonObject | null
  end(index: unknown): JsonObject | null
  hasBegun(): boolean
}

/** One tool call of the caller's under way. */
interface Call {
  readonly place: number
  hasArguments: boolean
}

/** Starts before the first block. Calls of the provider's own tools are none of the caller's, and told nowhere. */
export function createBlockDecoder(): BlockDecoder {
  const calls = new Map<unknown, Call>()
  let begun = 0

  function startCall(index: unknown, content: JsonObject): JsonObject {
    const given = Object.keys(asObject(content['input']) ?? {}).length > 0
    const call = { place: calls.size, hasArguments: given }
    calls.set(index, call)
    const called = { name: asText(content['name']), arguments: given ? argumentsText(content['input']) : '' }
    return callDelta(call, { id: asText(content['id']), type: 'function', function: called })
  }

  function addArguments(index: unknown, piece: string): JsonObject | null {
    const call = calls.get(index)
    if (!call || piece === '') return null
    call.hasArguments = true
    return callDelta(call, { function: { arguments: piece } })
  }

  return {
    start: (index, content) => {
      begun += 1
      switch (content['type']) {
        case 'tool_use':
          return startCall(index, content)
        case 'text':
          return textDelta(asText(content['text']))
        case 'redacted_thinking':
          return { reasoning_details: [reasoningSecret(Number(index), content['data'])] }
        default:
          return null
      }
    },
    continue: (index, delta) =>
      delta['type'] === 'input_json_delta'
        ? addArguments(index, asText(delta['partial_json']))
        : shownDelta(Number(index), delta),
    // A call without arguments sends one empty piece: its arguments are an empty object.
    end: index => (calls.get(index)?.hasArguments === false ? addArguments(index, '{}') : null),
    hasBegun: () => begun > 0,
  }
}

function callDelta({ place }: Call, piece: JsonObject): JsonObject {
  return { tool_calls: [{ index: place, ...piece }] }
}

function textDelta(content: string): JsonObject | null {
  return content === '' ? null : { content }
}

function shownDelta(index: number, delta: JsonObject): JsonObject | null {
  switch (delta['type']) {
    case 'text_delta':
      return textDelta(asText(delta['text']))
    case 'thinking_delta': {
      const text = asText(delta['thinking'])
      return text === '' ? null : { reasoning: text, reasoning_details: [reasoningText(index, { text })] }
    }
    case 'signature_delta':
      return { reasoning_details: [reasoningText(index, { signature: asText(delta['signature']) })] }
    default:
      return null
  }
}
