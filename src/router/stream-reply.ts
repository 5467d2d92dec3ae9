import type { JsonObject } from '../core/index.ts'
import type { Endpoint } from '../catalog/index.ts'
import type { StreamEvent } from '../wire/index.ts'
import { chunkOfBody, closingChunk } from './answer-body.ts'
import { type ApiError, errorObject } from './api-error.ts'
import { createHeldAnswer, type HeldAnswer } from './held-answer.ts'
import type { AnswerIdentity } from './identity.ts'
import type { Reply, Sent } from './reply.ts'
import { sendError } from './send-json.ts'
import { createSseWriter, type SseWriterOptions } from './sse-writer.ts'

/** Collaborators of one streamed reply. */
export interface StreamReplyOptions extends SseWriterOptions {
  readonly identity: AnswerIdentity
  /** Turns a chunk of a chat answer into the route's own shape. */
  readonly shape: (chunk: JsonObject) => JsonObject
  /** Told each chunk that was sent. */
  readonly onSent: (chunk: JsonObject) => void
}

/**
 * The reply to a streamed request (docs/router.md, Streams).
 *
 * Chunks are held back until the first token, so that a failure before it stays invisible; keep-alive comments
 * may go out earlier, and with them status 200. From the first token on, a failure is an event in the stream.
 */
export function createStreamReply(options: StreamReplyOptions): Reply {
  const { res, clock, identity, shape, onSent } = options
  const writer = createSseWriter(options)
  const send = (chunk: JsonObject) => {
    const shaped = shape(chunk)
    writer.chunk(shaped)
    onSent(shaped)
  }
  let answer: HeldAnswer | null = null
  let refusedAt: Sent | null = null

  function onEvent(event: StreamEvent): void {
    if (event.kind === 'chunk') return answer?.take(event.data, event.hasToken)
    // Comments stay comments; before the answer has begun our own keep the connection alive.
    if (answer?.hasToken()) writer.comment(event.text)
  }

  function fail(error: ApiError, metadata: JsonObject | null): void {
    const extra = metadata ? { openrouter_metadata: metadata } : {}
    if (writer.hasBegun()) {
      send({ ...errorChunk({ identity, endpoint: answer?.signature.endpoint ?? null, error }), ...extra })
      return writer.done()
    }
    writer.quiet()
    refusedAt = sentAt(clock.monoNs(), error.status)
    return sendError(res, error, extra)
  }

  return Object.freeze<Reply>({
    begin: (endpoint, attemptNo, notice) => {
      answer = createHeldAnswer({ signature: { ...identity, endpoint }, notice, send })
      if (!res.headersSent) res.setHeader('x-routebench-attempts', attemptNo)
    },
    onEvent,
    whenTaken: writer.whenTaken,
    succeed: (winner, { body: whole, usage, metadata }) => {
      const winnerSignature = { ...identity, endpoint: winner.candidate.endpoint }
      answer?.release()
      if (whole) send(chunkOfBody(whole, winnerSignature))
      const extra = { ...(usage && { usage }), ...(metadata && { openrouter_metadata: metadata }) }
      if (usage || metadata) send(closingChunk(winnerSignature, extra))
      writer.done()
    },
    fail,
    abandon: () => {
      writer.quiet()
      res.destroy()
    },
    sent: () => refusedAt ?? writer.sent(),
  })
}

/** What was sent when a whole answer left at once. */
function sentAt(atNs: number, status: number): Sent {
  return { status, headNs: atNs, firstByteNs: atNs, firstCommentNs: null }
}

/** The event that ends a stream which has failed after it began (docs/router.md, Streams). */
function errorChunk(failure: {
  readonly identity: AnswerIdentity
  readonly endpoint: Endpoint | null
  readonly error: ApiError
}): JsonObject {
  const { identity, endpoint, error } = failure
  return {
    ...identity,
    object: 'chat.completion.chunk',
    model: endpoint?.modelId ?? '',
    provider: endpoint?.provider.name ?? '',
    error: errorObject(error),
    choices: [
      { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: error.errorType },
    ],
  }
}
