import type { AnswerChunk } from '../model/answer.ts'
import type { AnswerToWrite } from '../protocol.ts'
import { callId } from './answer-body.ts'
import type { Dialect } from './dialects.ts'

/** Writes the tool calls of one choice of a stream. */
export interface CallDeltas {
  /** The deltas, as JSON, that the piece of a call leads to. */
  of(chunk: AnswerChunk): readonly string[]
  /** The delta of the finish chunk. */
  last(): string
}

/** Makes the deltas of tool calls: id and name first, then the arguments in pieces; or all at once. */
export function createCallDeltas(
  { head, plan }: AnswerToWrite,
  choice: number,
  { toolCalls }: Dialect,
): CallDeltas {
  let begun = -1
  let index = -1
  const held: object[] = []

  function of({ block, text }: AnswerChunk): readonly string[] {
    const call = plan.blocks[block]
    if (call?.kind !== 'tool_call') return []
    const isFirst = block !== begun
    if (isFirst) index += 1
    begun = block
    const id = callId(head, index, choice)
    const first = (args: string) => ({
      index,
      id,
      type: 'function',
      function: { name: call.name, arguments: args },
    })
    switch (toolCalls) {
      case 'bare':
        if (isFirst) held.push({ id, function: { name: call.name, arguments: call.text } })
        return []
      case 'whole':
        return isFirst ? [callDelta([first(call.text)])] : []
      case 'pieces':
      case 'repeated': {
        const again = toolCalls === 'repeated' ? { id: '', type: 'function' } : {}
        const rest = callDelta([{ index, ...again, function: { arguments: text } }])
        return isFirst ? [callDelta([first('')]), rest] : [rest]
      }
    }
  }
  return { of, last: () => (held.length > 0 ? callDelta(held) : '{}') }
}

function callDelta(calls: readonly object[]): string {
  return `{"tool_calls":${JSON.stringify(calls)}}`
}
