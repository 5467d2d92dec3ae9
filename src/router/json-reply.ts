import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/index.ts'
import { asObject } from '../wire/index.ts'
import { answerBody } from './answer-body.ts'
import type { AnswerIdentity } from './identity.ts'
import type { Reply } from './reply.ts'
import { sendError, sendJson } from './send-json.ts'

/** The reply to a request that is not streamed: one JSON body at the end. */
export function createJsonReply(res: ServerResponse, clock: Clock, identity: AnswerIdentity): Reply {
  let headNs: number | null = null
  const stamp = () => {
    headNs = clock.monoNs()
  }
  return Object.freeze<Reply>({
    begin: (_endpoint, attemptNo) => {
      res.setHeader('x-routebench-attempts', attemptNo)
    },
    onEvent: () => undefined,
    tokenSent: () => false,
    succeed: (winner, { usage, metadata }) => {
      stamp()
      const { endpoint } = winner.candidate
      const body = answerBody(asObject(winner.exchange.body) ?? {}, { ...identity, endpoint }, usage)
      sendJson(res, 200, metadata ? { ...body, openrouter_metadata: metadata } : body)
    },
    fail: (error, metadata) => {
      stamp()
      sendError(res, error, metadata ? { openrouter_metadata: metadata } : {})
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
