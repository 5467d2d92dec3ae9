import type { WireProtocol } from '../protocol.ts'
import { decodeMessage } from './decode-message.ts'
import { encodeMessageRequest } from './encode.ts'
import { decodeErrorBody } from './error-body.ts'
import { createEventDecoder } from './event-decoder.ts'

/** Anthropic's messages, also as other clouds serve them. */
export const anthropicProtocol: WireProtocol = Object.freeze<WireProtocol>({
  encode: encodeMessageRequest,
  decodeBody: decodeMessage,
  createDecoder: createEventDecoder,
  endMark: null,
  isWholeOnFinish: false,
  decodeError: decodeErrorBody,
})
