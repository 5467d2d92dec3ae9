import type { IncomingMessage } from 'node:http'
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
})

function keyOf({ headers }: IncomingMessage): string | null {
  const key = headers['x-api-key']
  if (typeof key === 'string' && key !== '') return key
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
