import { asObject, asText } from './json.ts'
import type { ToolCall } from './types.ts'

/** More than this many characters of one answer's tool calls are not kept. */
const longestCalls = 262_144
/** Pieces of calls of one answer that are kept; providers send one for each token. */
const mostPieces = 65_536

/** The pieces of an answer's tool calls, gathered as they come and put together when asked for. */
export interface ToolCallParts {
  /** `tool_calls` of a message or a delta. */
  add(pieces: readonly unknown[]): void
  /** The calls in order; null when there were too many of them to keep. */
  calls(): readonly ToolCall[] | null
}

/** Starts without a call. Adding costs little: pieces are read only when the calls are asked for. */
export function gatherToolCalls(): ToolCallParts {
  const kept: unknown[] = []
  let characters = 0
  return {
    add: pieces => {
      for (const piece of pieces) {
        characters += asText(functionOf(piece)?.['arguments']).length
        if (kept.length <= mostPieces && characters <= longestCalls) kept.push(piece)
      }
    },
    calls: () => (kept.length > mostPieces || characters > longestCalls ? null : assemble(kept)),
  }
}

function functionOf(piece: unknown) {
  return asObject(asObject(piece)?.['function'])
}

/**
 * Pieces of one call share `index`. Without one, a piece with a name begins a call, as each does in an answer that was
 * not streamed, and the others belong to the last.
 */
function assemble(pieces: readonly unknown[]): readonly ToolCall[] {
  const calls = new Map<number, { name: string; readonly texts: string[] }>()
  let last = -1
  for (const piece of pieces) {
    const index = asObject(piece)?.['index']
    const part = functionOf(piece)
    const name = asText(part?.['name'])
    if (typeof index === 'number') last = index
    else if (name !== '') last = calls.size
    const call = calls.get(last) ?? { name: '', texts: [] }
    calls.set(last, call)
    call.name ||= name
    call.texts.push(asText(part?.['arguments']))
  }
  return [...calls].map(([, { name, texts }]) => ({ name, argumentsText: texts.join('') }))
}
