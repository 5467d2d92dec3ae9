import type { JsonObject } from '../core/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { completionBody } from './api/completion-body.ts'
import type { Attempt } from './attempt.ts'
import { attemptError } from './attempt-error.ts'
import { runAttempts } from './attempt-loop.ts'
import { attemptRecord } from './attempt-record.ts'
import { type Charge, chargeFor } from './charge.ts'
import type { ChatRequest } from './chat-request.ts'
import { finish } from './finish.ts'
import { answerIdentity } from './identity.ts'
import type { Inbound } from './inbound.ts'
import { createJsonReply } from './json-reply.ts'
import { routerMetadata } from './metadata.ts'
import { noEndpoints } from './no-endpoints.ts'
import type { Reply } from './reply.ts'
import { otherModels, type Route } from './route.ts'
import { neverRouted, settleSticky } from './settle-sticky.ts'
import { createStreamReply } from './stream-reply.ts'
import { usageBody } from './usage-body.ts'

/** A request that has its route. */
export interface Planned {
  readonly request: ChatRequest
  readonly route: Route
}

/** Tries the candidates of a planned request, answers its caller, settles and records it. Never rejects. */
export async function serve(inbound: Inbound, planned: Planned): Promise<void> {
  const { context, http, call } = inbound
  const gone = new AbortController()
  http.res.once('close', () => {
    if (!http.res.writableFinished) gone.abort()
  })
  const reply = createReply(inbound, { request: planned.request, onStuck: () => gone.abort() })
  const attempts: Attempt[] = []
  const answered = await tryAll().catch((defect: unknown): Answered => {
    context.onDefect(defect)
    const error = apiError('router_internal', 'Internal Server Error')
    reply.fail(error, null)
    return { error, sticky: neverRouted, charge: { charged: null, held: 0n } }
  })

  async function tryAll(): Promise<Answered> {
    const { request } = planned
    await runAttempts({
      ...planned,
      context,
      call,
      reply,
      signal: gone.signal,
      onAttempt: made => {
        attempts.push(made)
        context.sink.attempt(attemptRecord(made, call, { clock: context.clock, request }))
      },
    })
    return answer(inbound, { ...planned, attempts }, reply)
  }
  const { request } = planned
  finish(inbound, {
    call,
    caller: inbound.caller,
    requestedModel: request.requestedModels[0] ?? '',
    stream: request.stream,
    routed: planned,
    attempts,
    ...answered,
    sent: reply.sent(),
    endedNs: context.clock.monoNs(),
  })
}

interface Tried extends Planned {
  readonly attempts: readonly Attempt[]
}

/** How a request was answered. */
interface Answered {
  /** What the caller was told; null: an answer, or nothing because it has gone. */
  readonly error: ApiError | null
  readonly sticky: ReturnType<typeof settleSticky>
  readonly charge: Charge
}

/** Settles pin and charge, and sends the end of the answer, which tells of both. */
function answer({ context, call, caller }: Inbound, tried: Tried, reply: Reply): Answered {
  const { route, request, attempts } = tried
  const last = attempts.at(-1)
  const sticky = settleSticky(context, tried, attempts)
  const charge = chargeFor(attempts, caller, request.route)
  const metadata = call.wantsMetadata ? routerMetadata({ ...tried, sticky }) : null
  if (last?.failure === null) {
    reply.succeed(last, { usage: usageBody(last, charge.charged), metadata })
    return { error: null, sticky, charge }
  }
  if (last?.failure === 'canceled') {
    reply.abandon()
    return { error: null, sticky, charge }
  }
  const excluded = route.decision.models.flatMap(ranking => ranking.excluded)
  const error = last
    ? attemptError(attempts, request.requestedModels)
    : noEndpoints(request.requestedModels, excluded, { fallbackModels: otherModels(context, route) })
  reply.fail(error, metadata, last)
  return { error, sticky, charge }
}

function createReply(
  { context, http, call }: Inbound,
  { request, onStuck }: { readonly request: ChatRequest; readonly onStuck: () => void },
): Reply {
  const { clock, settings } = context
  const shape = call.operation === 'completion' ? completionBody : (body: JsonObject) => body
  const options = { res: http.res, clock, settings, onStuck, identity: answerIdentity(call), shape }
  return request.stream ? createStreamReply(options) : createJsonReply(options)
}
