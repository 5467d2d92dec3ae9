import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject } from '../json.ts'
import type { WireProtocol } from '../protocol.ts'
import { createChunkDecoder } from './chunk-decoder.ts'
import { contentParts } from './content-parts.ts'
import { encodeChatRequest } from './encode.ts'

/** OpenAI's chat completions, as OpenAI and most other hosts speak it. */
export const openaiProtocol: WireProtocol = Object.freeze<WireProtocol>({
  encode: encodeChatRequest,
  decodeBody,
  createDecoder: createChunkDecoder,
  endMark: '[DONE]',
  // Clients take it as whole too, and some hosts send no mark.
  isWholeOnFinish: true,
  decodeError: body => body,
})

function decodeBody(body: JsonObject): JsonObject {
  const choices = asArray(body['choices'])
  return choices.some(isInParts) ? { ...body, choices: choices.map(inText) } : body
}

function isInParts(choice: unknown): boolean {
  return Array.isArray(asObject(asObject(choice)?.['message'])?.['content'])
}

function inText(choice: unknown): unknown {
  const fields = asObject(choice)
  const message = asObject(fields?.['message'])
  return message ? { ...fields, message: contentParts(message) } : choice
}
