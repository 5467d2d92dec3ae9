import type { Protocol } from '../protocol.ts'
import { completionBody } from './answer-body.ts'
import { parseChatRequest } from './chat-request.ts'
import { createChunkWriter } from './chunk-writer.ts'
import { badRequest, failureBody, missingKey, refusalAnswer, unknownModel } from './error-body.ts'
import { completionHeaders } from './rate-headers.ts'

/** OpenAI's chat completions, in the dialects of the hosts that speak it. */
export const openaiProtocol: Protocol = {
  parse: parseChatRequest,
  keyOf: ({ headers }) => /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null,
  headers: completionHeaders,
  wholeBody: completionBody,
  createWriter: createChunkWriter,
  streamType: 'text/event-stream; charset=utf-8',
  failureBody,
  badRequest,
  missingKey,
  unknownModel,
  refusal: refusalAnswer,
  counting: null,
}
