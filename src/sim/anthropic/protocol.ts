import type { IncomingMessage } from 'node:http'
import { isObject } from '../../core/index.ts'
import type { Protocol } from '../protocol.ts'
import { messageBody } from './answer-body.ts'
import { badRequest, failureBody, missingKey, refusalAnswer, unknownModel } from './error-body.ts'
import { createEventWriter } from './event-writer.ts'
import { parseMessageRequest } from './message-request.ts'
import { messageHeaders } from './rate-headers.ts'

/** Anthropic's messages. */
export const anthropicProtocol: Protocol = Object.freeze({
  parse: parseMessageRequest,
  keyOf,
  headers: messageHeaders,
  wholeBody: messageBody,
  createWriter: createEventWriter,
  streamType: 'text/event-stream; charset=utf-8',
  failureBody,
  badRequest,
  missingKey,
  unknownModel,
  refusal: refusalAnswer,
  counting: {
    // The call asks for no answer, so it has no `max_tokens`.
    chatBody: (body: unknown) => (isObject(body) ? { ...body, max_tokens: 1 } : body),
    answerBody: (tokens: number) => ({ input_tokens: tokens }),
  },
})

function keyOf({ headers }: IncomingMessage): string | null {
  const key = headers['x-api-key']
  if (typeof key === 'string' && key !== '') return key
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
