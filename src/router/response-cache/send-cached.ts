import { finish } from '../finish.ts'
import { answerIdentity } from '../identity.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { Inbound } from '../inbound.ts'
import { sendJson } from '../send-json.ts'
import { neverRouted } from '../settle-sticky.ts'
import { answerAgain, type CachedAnswer } from './cached-answer.ts'

/** Answers from the cache, under a new identity, for free, and records it as a hit. */
export function sendCached(
  { context, http, call, caller }: Inbound,
  request: ChatRequest,
  hit: CachedAnswer,
): void {
  const bodies = answerAgain(hit, answerIdentity(call))
  const headNs = context.clock.monoNs()
  if (request.stream) {
    const events = bodies.map(body => `data: ${JSON.stringify(body)}\n\n`)
    http.res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    http.res.end(`${events.join('')}data: [DONE]\n\n`)
  } else {
    sendJson(http.res, 200, bodies[0])
  }
  finish(
    { context, http, call },
    {
      call,
      caller,
      requestedModel: request.requestedModels[0] ?? '',
      stream: request.stream,
      routed: null,
      attempts: [],
      charge: { charged: 0n, held: 0n },
      sticky: neverRouted,
      error: null,
      sent: { status: 200, headNs, firstByteNs: headNs, firstCommentNs: null },
      endedNs: context.clock.monoNs(),
      responseCache: 'hit',
      cached: hit,
    },
  )
}
