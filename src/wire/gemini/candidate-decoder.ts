import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../json.ts'
import { callId, pictureOf, signatureDetail } from './parts.ts'
import { createPartialArguments } from './partial-arguments.ts'

/** Turns the parts of one candidate into deltas, or into a message when they are all there is. */
export interface CandidateDecoder {
  /** Empty when the parts say nothing. */
  delta(parts: readonly unknown[]): JsonObject
  hasCalls(): boolean
}

/** What some parts say, field by field. */
interface Said {
  content: string
  reasoning: string
  readonly details: JsonObject[]
  readonly calls: JsonObject[]
  readonly images: JsonObject[]
}

/** Starts before the first part. `responseId` goes into the ids of calls that have none. */
export function createCandidateDecoder(responseId: string): CandidateDecoder {
  const partial = createPartialArguments()
  let calls = 0
  /** Id of the call whose arguments come in pieces; null: none. */
  let open: string | null = null

  function addCall(said: Said, call: JsonObject): string {
    if (open !== null) return addPieces(said, call, open)
    const id = callId(call, calls, responseId)
    const begun = { index: calls, id, type: 'function' }
    const name = asText(call['name'])
    calls += 1
    const isWhole = call['willContinue'] !== true && call['partialArgs'] === undefined
    const text = isWhole ? JSON.stringify(asObject(call['args']) ?? {}) : ''
    said.calls.push({ ...begun, function: { name, arguments: text } })
    return isWhole ? id : addPieces(said, call, id)
  }

  /** The arguments are told when they are all there: their pieces are no pieces of JSON. */
  function addPieces(said: Said, call: JsonObject, id: string): string {
    partial.add(asArray(call['partialArgs']))
    open = call['willContinue'] === true ? id : null
    if (open === null) {
      said.calls.push({ index: calls - 1, function: { arguments: JSON.stringify(partial.take()) } })
    }
    return id
  }

  function add(said: Said, part: JsonObject): void {
    const call = asObject(part['functionCall'])
    const id = call ? addCall(said, call) : null
    const text = asText(part['text'])
    if (part['thought'] === true) said.reasoning += text
    else said.content += text
    const picture = pictureOf(part)
    if (picture) said.images.push(picture)
    const signature = asText(part['thoughtSignature'])
    if (signature !== '') said.details.push(signatureDetail(signature, id))
  }

  return {
    delta: parts => {
      const said: Said = { content: '', reasoning: '', details: [], calls: [], images: [] }
      for (const part of parts) add(said, asObject(part) ?? {})
      return deltaOf(said)
    },
    hasCalls: () => calls > 0,
  }
}

function deltaOf({ content, reasoning, details, calls, images }: Said): JsonObject {
  const shown = reasoning === '' ? [] : [{ type: 'reasoning.text', text: reasoning, index: 0 }]
  const all = [...shown, ...details]
  return {
    ...(content !== '' && { content }),
    ...(reasoning !== '' && { reasoning }),
    ...(all.length > 0 && { reasoning_details: all }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
  }
}
