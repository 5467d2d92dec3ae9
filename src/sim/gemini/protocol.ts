import type { IncomingMessage } from 'node:http'
import type { Protocol } from '../protocol.ts'
import { generateBody } from './answer-body.ts'
import { badRequest, failureBody, missingKey, refusalAnswer, unknownModel } from './error-body.ts'
import { parseGenerateRequest } from './generate-request.ts'
import { createResponseWriter } from './response-writer.ts'

/** Gemini's generateContent. It has no headers for limits: an error's body tells how long to wait. */
export const geminiProtocol: Protocol = Object.freeze({
  parse: parseGenerateRequest,
  keyOf,
  headers: () => ({}),
  wholeBody: generateBody,
  createWriter: createResponseWriter,
  streamType: 'text/event-stream',
  failureBody,
  badRequest,
  missingKey,
  unknownModel,
  refusal: refusalAnswer,
})

/** From the header or, as the API also takes it, the query. */
function keyOf({ headers, url }: IncomingMessage): string | null {
  const key = headers['x-goog-api-key']
  if (typeof key === 'string' && key !== '') return key
  return new URLSearchParams(url?.split('?', 2)[1]).get('key')
}
