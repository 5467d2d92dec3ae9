import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApiError, apiError } from './api-error.ts'
import type { Attempt } from './attempt.ts'
import { attemptError } from './attempt-error.ts'
import { runAttempts } from './attempt-loop.ts'
import { attemptRecord } from './attempt-record.ts'
import { type Call, readCall } from './call.ts'
import { type ChatRequest, parseChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { sumKnown } from './cost.ts'
import { generationBody } from './generation-body.ts'
import { answerIdentity } from './identity.ts'
import { createJsonReply } from './json-reply.ts'
import { routerMetadata } from './metadata.ts'
import { noEndpoints } from './no-endpoints.ts'
import { readBody } from './read-body.ts'
import type { Reply, Sent } from './reply.ts'
import { type FinishedRequest, requestRecord } from './request-record.ts'
import { planRoute, type Route, settlePin } from './route.ts'
import { sendError } from './send-json.ts'
import { createStreamReply } from './stream-reply.ts'
import { usageBody } from './usage-body.ts'

/** One HTTP request and its answer. */
export interface Http {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** Answers `POST /chat/completions`, and records the request and its attempts whatever happens. */
export async function chat(context: RouterContext, http: Http): Promise<void> {
  const { req, res } = http
  const call = readCall(req.headers, context.clock)
  res.setHeader('x-generation-id', call.generationId)
  res.setHeader('x-routebench-request-id', call.requestId)
  res.setHeader('x-routebench-attempts', 0)
  const body = await readBody(req, context.settings.maxBodyBytes)
  if (body.kind === 'aborted') return refuse({ context, http, call }, null)
  if (body.kind === 'too_large') {
    // The rest of the body is not read, so the connection cannot be used again.
    res.setHeader('connection', 'close')
    return refuse({ context, http, call }, apiError('payload_too_large', 'Request payload too large'))
  }
  const parsed = parseChatRequest(body.bytes, {
    catalog: context.catalog,
    tables: context.settings.tables,
    rules: context.settings.account,
    rng: context.rng.fork(call.itemId || call.requestId),
  })
  if (parsed.ok) return routed({ context, http, call }, parsed.request)
  return refuse({ context, http, call }, parsed.error, parsed)
}

interface Exchange {
  readonly context: RouterContext
  readonly http: Http
  readonly call: Call
}

/** Refuses a request at the edge; `error` null: the caller has gone already. */
function refuse(
  { context, http, call }: Exchange,
  error: ApiError | null,
  read: { readonly model: string; readonly stream: boolean } = { model: '', stream: false },
): void {
  if (error) sendError(http.res, error)
  const endedNs = context.clock.monoNs()
  const headNs = error ? endedNs : null
  finish(context, {
    call,
    requestedModel: read.model,
    stream: read.stream,
    routed: null,
    attempts: [],
    sticky: 'none',
    error,
    sent: { status: error?.status ?? 0, headNs, firstByteNs: headNs, firstCommentNs: null },
    endedNs,
  })
}

async function routed({ context, http, call }: Exchange, request: ChatRequest): Promise<void> {
  const gone = new AbortController()
  http.res.once('close', () => {
    if (!http.res.writableFinished) gone.abort()
  })
  const route = planRoute(context, call, request)
  const reply = createReply({ context, http, call }, { request, onStuck: () => gone.abort() })
  const attempts: Attempt[] = []
  const state = { route, request, attempts }
  const serve = async () => {
    await runAttempts({
      context,
      call,
      request,
      route,
      reply,
      signal: gone.signal,
      onAttempt: made => {
        attempts.push(made)
        context.sink.attempt(attemptRecord(made, call, { clock: context.clock, request }))
      },
    })
    return answer(call, state, reply)
  }
  const error = await serve().catch((defect: unknown) => {
    context.onDefect(defect)
    const internal = apiError('router_internal', 'Internal Server Error')
    reply.fail(internal, null)
    return internal
  })
  finish(context, settled({ context, call, state, error, sent: reply.sent() }))
}

interface RoutedState {
  readonly route: Route
  readonly request: ChatRequest
  readonly attempts: readonly Attempt[]
}

/** Sends the end of the answer; returns the error the caller was told, null when there was none. */
function answer(call: Call, { route, request, attempts }: RoutedState, reply: Reply): ApiError | null {
  const last = attempts.at(-1)
  const metadata = call.wantsMetadata ? routerMetadata(route, request, attempts) : null
  if (last?.failure === null) {
    const usage = usageBody(last, sumKnown(attempts.map(a => a.cost.billed)))
    reply.succeed(last, { usage, metadata })
    return null
  }
  if (last?.failure === 'canceled') {
    reply.abandon()
    return null
  }
  const excluded = route.decision.models.flatMap(ranking => ranking.excluded)
  const error = last ? attemptError(attempts) : noEndpoints(request.requestedModels, excluded)
  reply.fail(error, metadata)
  return error
}

function settled(options: {
  readonly context: RouterContext
  readonly call: Call
  readonly state: RoutedState
  readonly error: ApiError | null
  readonly sent: Sent
}): FinishedRequest {
  const { context, call, state, error, sent } = options
  const { route, request, attempts } = state
  const last = attempts.at(-1)
  const served = last?.failure === null ? last.candidate.endpoint : null
  return {
    call,
    requestedModel: request.requestedModels[0] ?? '',
    stream: request.stream,
    routed: { request, route },
    attempts,
    sticky: settlePin(context, route, served),
    error,
    sent,
    endedNs: context.clock.monoNs(),
  }
}

function finish(context: RouterContext, finished: FinishedRequest): void {
  if (finished.attempts.length > 0) {
    context.generations.add(finished.call.generationId, generationBody(finished))
  }
  context.sink.request(requestRecord(finished))
}

function createReply(
  { context, http, call }: Exchange,
  { request, onStuck }: { readonly request: ChatRequest; readonly onStuck: () => void },
): Reply {
  const identity = answerIdentity(call)
  const { clock, settings } = context
  return request.stream
    ? createStreamReply({ res: http.res, clock, identity, settings, onStuck })
    : createJsonReply(http.res, clock, identity)
}
