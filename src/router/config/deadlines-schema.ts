import { z } from 'zod'
import { defaultRouterSettings as defaults } from '../settings.ts'
import { defaultLearnedDeadlineSettings as learned } from '../../health/index.ts'
import { count, timerMs } from './scalars.ts'

/** `deadlines`: of upstream calls, of callers, and of what is between. */
export const deadlinesSchema = z
  .strictObject({
    connect_ms: timerMs.default(defaults.connectTimeoutMs).describe('To open a connection upstream.'),
    headers_ms: timerMs
      .nullable()
      .default(defaults.headersTimeoutMs)
      .describe('Streams: from sending to the response headers; null: none of its own.'),
    first_token_ms: timerMs
      .nullable()
      .default(defaults.firstTokenTimeoutMs)
      .describe('Streams: from sending to the first token; null: none of its own.'),
    learned_first_token: z
      .strictObject({
        factor: z
          .number()
          .min(1)
          .max(1000)
          .default(learned.factor)
          .describe("Times the 99th percentile of the endpoint's own first tokens."),
        min_ms: timerMs.default(learned.minMs).describe('It is never shorter than this.'),
        min_samples: count
          .default(learned.minSamples)
          .describe('Fewest first tokens of late; below, there is none.'),
      })
      .nullable()
      .default(null)
      .describe(
        'Streams: a shorter deadline where another endpoint is left, by what the endpoint did of late; null: off.',
      ),
    idle_ms: timerMs
      .nullable()
      .default(defaults.idleTimeoutMs)
      .describe('Longest silence once bytes flow, comments included; null: none of its own.'),
    stall_ms: timerMs
      .nullable()
      .default(defaults.stallTimeoutMs)
      .describe('Streams: longest wait between two tokens, whatever comments come; null: none of its own.'),
    unary_ms: timerMs
      .nullable()
      .default(defaults.unaryTimeoutMs)
      .describe(
        'Without a stream: from sending to the end of the answer; null: that of the attempt, but at most half of `request_ms`.',
      ),
    attempt_ms: timerMs
      .default(defaults.attemptTimeoutMs)
      .describe('Whole attempt, from sending to the end of the answer.'),
    request_ms: timerMs
      .nullable()
      .default(defaults.requestTimeoutMs)
      .describe('Whole request across its attempts and waits, from its first byte; null: none.'),
    receive_headers_ms: timerMs
      .default(defaults.receiveHeadersMs)
      .describe("A caller's time for the headers of a request (408)."),
    receive_ms: timerMs
      .default(defaults.receiveMs)
      .describe("A caller's time for a whole request, body and all (408)."),
    keep_alive_first_ms: timerMs
      .default(defaults.keepAliveFirstMs)
      .describe('Silence of a stream before the first keep-alive comment.'),
    keep_alive_every_ms: timerMs
      .default(defaults.keepAliveEveryMs)
      .describe('Silence between later keep-alive comments.'),
    idle_connection_ms: timerMs
      .default(defaults.idleConnectionMs)
      .describe('Rest of a connection after an answer; then it is closed.'),
    unread_ms: timerMs
      .default(defaults.unreadMs)
      .describe('How long a caller may read nothing of what waits for it; then its connection is cut.'),
    drain_ms: timerMs.default(defaults.drainMs).describe('At the end: how long running answers may go on.'),
  })
  .prefault({})
  .describe('How long anything may take. The earliest deadline counts, and records name it.')

/** Deadlines as a file has them. */
export type DeadlineValues = z.output<typeof deadlinesSchema>
