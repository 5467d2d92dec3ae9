import type { ServerResponse } from 'node:http'
import type { Clock, JsonObject } from '../core/index.ts'
import { asObject } from '../wire/index.ts'
import { answerBody, brokenAnswerBody } from './answer-body.ts'
import { errorObject } from './api-error.ts'
import type { Attempt } from './attempt.ts'
import type { AnswerIdentity } from './identity.ts'
import type { Reply } from './reply.ts'
import { sendError, sendJson } from './send-json.ts'

/** Collaborators of one reply. */
export interface JsonReplyOptions {
  readonly res: ServerResponse
  readonly clock: Clock
  readonly identity: AnswerIdentity
  /** Turns a chat answer into the route's own shape; errors have one shape everywhere. */
  readonly shape: (body: JsonObject) => JsonObject
  /** Told what a good answer was. */
  readonly onSent: (body: JsonObject) => void
}

/** The reply to a request that is not streamed: one JSON body at the end. */
export function createJsonReply({ res, clock, identity, shape, onSent }: JsonReplyOptions): Reply {
  let headNs: number | null = null
  const stamp = () => {
    headNs = clock.monoNs()
  }
  return Object.freeze<Reply>({
    begin: (_endpoint, attemptNo) => {
      res.setHeader('x-routebench-attempts', attemptNo)
    },
    onEvent: () => undefined,
    whenTaken: () => null,
    succeed: (winner, { body: answered, usage, metadata }) => {
      stamp()
      const { endpoint } = winner.candidate
      const body = answerBody(answered ?? {}, { ...identity, endpoint }, usage)
      const sent = shape(metadata ? { ...body, openrouter_metadata: metadata } : body)
      sendJson(res, 200, sent)
      onSent(sent)
    },
    fail: (error, metadata, last) => {
      stamp()
      const extra = metadata ? { openrouter_metadata: metadata } : {}
      const part = last ? partOf(last) : null
      if (!last || !part) return sendError(res, error, extra)
      const signature = { ...identity, endpoint: last.candidate.endpoint }
      sendJson(res, 200, shape({ ...brokenAnswerBody(part, signature, errorObject(error)), ...extra }))
    },
    abandon: () => res.destroy(),
    sent: () => ({
      status: headNs === null ? 0 : res.statusCode,
      headNs,
      firstByteNs: headNs,
      firstCommentNs: null,
    }),
  })
}

/** The body of an answer that broke off after it had begun; null when there is nothing of it to hand on. */
function partOf({ exchange }: Attempt): JsonObject | null {
  const hasBegun = exchange.status === 200 && exchange.text !== ''
  return hasBegun && exchange.outcome.kind === 'error' ? asObject(exchange.body) : null
}
