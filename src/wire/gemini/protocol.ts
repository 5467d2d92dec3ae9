import type { WireProtocol } from '../protocol.ts'
import { decodeResponse } from './decode-response.ts'
import { encodeGenerateRequest } from './encode.ts'
import { decodeErrorBody } from './error-body.ts'
import { createResponseDecoder } from './response-decoder.ts'

/** Gemini's generateContent and streamGenerateContent. */
export const geminiProtocol: WireProtocol = Object.freeze<WireProtocol>({
  encode: encodeGenerateRequest,
  decodeBody: decodeResponse,
  createDecoder: createResponseDecoder,
  // There is no mark of the end: an answer is whole with its finish reason.
  endMark: null,
  isWholeOnFinish: true,
  decodeError: decodeErrorBody,
})
