import type { JsonObject } from '../core/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { completionBody } from './api/completion-body.ts'
import type { Attempt } from './attempt.ts'
import { attemptError } from './attempt-error.ts'
import { runAttempts } from './attempt-loop.ts'
import { attemptRecord } from './attempt-record.ts'
import { type Charge, chargeFor, lengthsOf } from './charge.ts'
import type { ChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { finish } from './finish.ts'
import { healAnswer, wantsJson } from './plugins/heal-answer.ts'
import type { PipelineStage } from './plugins/pipeline-stage.ts'
import type { CacheMiss } from './response-cache/look-up.ts'
import { createKeeper, type Keeper } from './response-cache/keeper.ts'
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
import { asObject } from '../wire/index.ts'

/** A request that has its route. */
export interface Planned {
  readonly request: ChatRequest
  readonly route: Route
  readonly cache: CacheMiss
}

/** Tries the candidates of a planned request, answers its caller, settles and records it. Never rejects. */
export async function serve(inbound: Inbound, planned: Planned): Promise<void> {
  const { context, http, call } = inbound
  const gone = new AbortController()
  http.res.once('close', () => {
    if (!http.res.writableFinished) gone.abort()
  })
  // It may have gone while its request was read and planned.
  if (http.res.destroyed) gone.abort()
  const keeper = createKeeper(planned.cache, planned.request.stream)
  const reply = createReply(inbound, { request: planned.request, keeper })
  let attempts: readonly Attempt[] = []
  const answered = await tryAll().catch((defect: unknown): Answered => {
    context.onDefect(defect)
    const error = apiError('router_internal', 'Internal Server Error')
    reply.fail(error, null)
    return {
      error,
      hasLeft: gone.signal.aborted,
      sticky: neverRouted,
      charge: { charged: null, held: 0n },
      pipeline: planned.request.pipeline,
    }
  })

  async function tryAll(): Promise<Answered> {
    const { request } = planned
    attempts = await runAttempts({
      ...planned,
      context,
      call,
      reply,
      signal: gone.signal,
      onAttempt: made => {
        attempts = [...attempts, made]
        context.sink.attempt(attemptRecord(made, call, { clock: context.clock, request }))
      },
    })
    return answer(inbound, { ...planned, attempts, hasLeft: gone.signal.aborted }, reply)
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
    responseCache: planned.cache.state,
  })
  const isWhole = answered.error === null && attempts.every(({ kind }) => kind !== 'rescue')
  if (isWhole) keeper.keep(inbound, attempts.at(-1))
}

interface Tried extends Planned {
  /** The one that decides last. */
  readonly attempts: readonly Attempt[]
  /** The caller has gone away. */
  readonly hasLeft: boolean
}

/** How a request was answered. */
interface Answered {
  /** What the caller was told; null: an answer, or nothing because it has gone. */
  readonly error: ApiError | null
  readonly hasLeft: boolean
  readonly sticky: ReturnType<typeof settleSticky>
  readonly charge: Charge
  readonly pipeline: readonly PipelineStage[]
}

/** Settles pin and charge, and sends the end of the answer, which tells of both. */
function answer({ context, call, caller }: Inbound, tried: Tried, reply: Reply): Answered {
  const { request, attempts } = tried
  const last = attempts.at(-1)
  const sticky = settleSticky(context, tried, attempts)
  const charge = chargeFor(attempts, caller, lengthsOf(request))
  const healed = last?.failure === null ? heal(request, last) : null
  const pipeline = [...request.pipeline, ...(healed ? [healed.stage] : [])]
  const settled = { hasLeft: tried.hasLeft, sticky, charge, pipeline }
  const metadata = call.wantsMetadata ? routerMetadata({ ...tried, sticky, pipeline }) : null
  if (last?.failure === null) {
    const body = healed?.answer ?? asObject(last.exchange.body)
    reply.succeed(last, { body, usage: usageBody(last, charge.charged), metadata })
    return { error: null, ...settled }
  }
  if (isGivenUp(tried)) {
    reply.abandon()
    return { error: null, ...settled }
  }
  const error = errorOfTried(context, tried)
  reply.fail(error, metadata, last)
  return { error, ...settled }
}

/** The caller went away, or took its answer so slowly that it has given it up. */
function isGivenUp({ hasLeft, attempts }: Tried): boolean {
  return hasLeft || attempts.at(-1)?.failure?.ends === 'canceled'
}

function errorOfTried(context: RouterContext, { route, request, attempts }: Tried): ApiError {
  if (attempts.length > 0) return attemptError(attempts, request.requestedModels)
  const excluded = route.decision.models.flatMap(ranking => ranking.excluded)
  return noEndpoints(request.requestedModels, excluded, { fallbackModels: otherModels(context, route) })
}

/** The answer with its JSON repaired; null: that was not asked for, or nothing was broken. */
function heal({ plugins, stream, body }: ChatRequest, { exchange }: Attempt) {
  const answered = asObject(exchange.body)
  if (!plugins.healing || stream || !answered || !wantsJson(body)) return null
  const { answer: repaired, stage } = healAnswer(answered)
  return stage && { answer: repaired, stage }
}

interface ReplyTo {
  readonly request: ChatRequest
  readonly keeper: Keeper
}

function createReply({ context, http, call }: Inbound, { request, keeper }: ReplyTo): Reply {
  const { clock, settings } = context
  const shape = call.operation === 'completion' ? completionBody : (body: JsonObject) => body
  const onSent = keeper.note
  const options = { res: http.res, clock, settings, identity: answerIdentity(call), shape, onSent }
  return request.stream ? createStreamReply(options) : createJsonReply(options)
}
