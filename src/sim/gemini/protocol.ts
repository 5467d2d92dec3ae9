import type { IncomingMessage } from 'node:http'
import { isObject } from '../../core/index.ts'
import type { AnswerToWrite, Protocol } from '../protocol.ts'
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
  counting: {
    // A whole request may be given instead of its contents.
    chatBody: (body: unknown) => (isObject(body) ? (body['generateContentRequest'] ?? body) : body),
    answerBody: (tokens: number) => ({
      totalTokens: tokens,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
    }),
  },
})

/** The same API, whose stream without `alt=sse` is one JSON array. */
export const geminiArrayProtocol: Protocol = Object.freeze({
  ...geminiProtocol,
  createWriter: (answer: AnswerToWrite) => createResponseWriter(answer, 'array'),
  streamType: 'application/json; charset=UTF-8',
})

/** From the header or, as the API also takes it, the query. */
function keyOf({ headers, url }: IncomingMessage): string | null {
  const key = headers['x-goog-api-key']
  if (typeof key === 'string' && key !== '') return key
  return new URLSearchParams(url?.split('?', 2)[1]).get('key')
}
