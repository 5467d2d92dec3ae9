import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../json.ts'
import type { StreamDecoder } from '../protocol.ts'
import { contentParts } from './content-parts.ts'

/**
 * Decodes chat completion chunks, which are what we want already, but for what some hosts leave out: pieces of tool calls
 * get the `index` of their call and lose an empty `id` (docs/wires.md), and contents in parts become text and reasoning.
 */
export function createChunkDecoder(): StreamDecoder {
  const calls = new Map<number, CallPlaces>()

  function choice(value: unknown): unknown {
    const fields = asObject(value)
    const delta = asObject(fields?.['delta'])
    if (!fields || !delta || !needsRepair(delta)) return value
    const { tool_calls: pieces, ...rest } = contentParts(delta)
    const at = Number(fields['index'] ?? 0)
    const places = calls.get(at) ?? createCallPlaces()
    calls.set(at, places)
    const repaired = Array.isArray(pieces) && { tool_calls: pieces.map(places.place) }
    return { ...fields, delta: { ...rest, ...repaired } }
  }
  return {
    chunks: chunk => {
      const choices = asArray(chunk['choices'])
      return [choices.some(hasDetails) ? { ...chunk, choices: choices.map(choice) } : chunk]
    },
    isOver: () => false,
  }
}

/** Most chunks have none of it, and are passed on as they are. */
function hasDetails(choice: unknown): boolean {
  const delta = asObject(asObject(choice)?.['delta'])
  return delta !== null && needsRepair(delta)
}

function needsRepair({ content, tool_calls: calls }: JsonObject): boolean {
  return Array.isArray(content) || Array.isArray(calls)
}

/** Where the pieces of one choice's tool calls belong. */
interface CallPlaces {
  readonly place: (piece: unknown) => JsonObject
}

/** A piece belongs by its `index`, else by its id, else to a new call when it has a name of its own, else to the last one. */
function createCallPlaces(): CallPlaces {
  const byId = new Map<string, number>()
  let next = 0
  let last = 0

  function indexOf(piece: JsonObject, id: string): number {
    const { index } = piece
    if (typeof index === 'number') return index
    const known = byId.get(id)
    if (known !== undefined) return known
    const isNew = id !== '' || asText(asObject(piece['function'])?.['name']) !== ''
    return isNew ? next : last
  }
  return {
    place: value => {
      const piece = asObject(value) ?? {}
      const id = asText(piece['id'])
      last = indexOf(piece, id)
      next = Math.max(next, last + 1)
      if (id !== '') byId.set(id, last)
      const { id: _id, ...rest } = piece
      return { ...(id === '' ? rest : piece), index: last }
    },
  }
}
