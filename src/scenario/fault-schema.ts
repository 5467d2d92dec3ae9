import { z } from 'zod'

const seconds = z.number().nonnegative()
const positive = z.number().positive()

/** Whom a rule of the simulation is about. */
export const targetKeys = {
  provider: z.string().min(1).describe('Provider slug, such as deepinfra.'),
  model: z.string().min(1).nullable().default(null).describe('Model id; null: every model of the provider.'),
}

const base = {
  ...targetKeys,
  from_seconds: seconds.default(0).describe('Start, in seconds after the start of the run.'),
  to_seconds: seconds.nullable().default(null).describe('End; null: the end of the run.'),
  ratio: z.number().gt(0).lte(1).default(1).describe('Share of requests hit.'),
  period_seconds: positive
    .nullable()
    .default(null)
    .describe('Flapping: the fault begins anew that often; null: it is on all the time.'),
  on_seconds: positive
    .nullable()
    .default(null)
    .describe('Flapping: how long it is on in each period; null: half of it.'),
  key_number: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Hits only the n-th API key that the provider sees; null: every key.'),
}

const delay = positive.describe('Extra wait, divided by simulation.speed like all latencies.')
const factor = positive.default(2)

/** Kinds without keys of their own, and what they do. */
const plainKinds = {
  outage: 'Resets every connection before any byte of an answer.',
  refused: 'Closes every connection before any byte of an answer.',
  keep_alive_reset: 'Resets connections that had carried an answer before; new ones work.',
  insufficient_quota: 'Answers 429 (Anthropic: 400) for an account without credit: waiting does not help.',
  request_too_large: 'Answers 429 for a request over the limit itself: waiting does not help.',
  reset_after_headers: 'Resets the connection after the headers of a 200.',
  silence: 'Sends the headers of a 200 and nothing more.',
  malformed_chunk: 'Sends JSON that does not parse, in the middle of a stream or as the body.',
  error_in_200: 'Sends an error inside a 200, in the middle of a stream or as the body.',
  empty_answer: 'Answers with no text at all.',
  missing_usage: 'States no usage.',
  split_writes:
    'Sends a correct answer in pieces of 7 bytes, which end inside JSON and characters. No error.',
} as const

/** Fault kinds without keys of their own. */
export type PlainFaultKind = keyof typeof plainKinds

function plain<K extends PlainFaultKind>(kind: K) {
  return z.strictObject({ kind: z.literal(kind).describe(plainKinds[kind]), ...base })
}

/** One entry of `simulation.faults`. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status').describe('Answers with an HTTP status.'),
    status: z.int().gte(400).lte(599).default(503),
    body: z
      .enum(['json', 'html'])
      .default('json')
      .describe("The provider's own error body, or a page of HTML as proxies send."),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('rate_limit').describe('Answers 429.'),
    headers: z
      .enum([
        'native',
        'none',
        'retry_after_seconds',
        'retry_after_date',
        'retry_after_ms',
        'durations',
        'rfc3339',
        'epoch_seconds',
        'epoch_ms',
      ])
      .default('native')
      .describe("How its headers say when to come back; native: as the provider's protocol does."),
    retry_after_ms: positive.default(1000).describe('How long, divided by simulation.speed.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('slow').describe('Multiplies all latencies.'),
    factor: factor.describe('By this.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('slow_headers').describe('Delays everything.'),
    delay_ms: delay,
    ...base,
  }),
  z.strictObject({
    kind: z.literal('slow_first_token').describe('Sends headers at once and delays the first token.'),
    delay_ms: delay,
    ...base,
  }),
  z.strictObject({
    kind: z.literal('stall').describe('Pauses in the middle of the answer.'),
    delay_ms: delay.nullable().default(null).describe('Length of the pause; null: it never ends.'),
    comment_ms: z
      .number()
      .min(1)
      .nullable()
      .default(null)
      .describe('Streams send a comment line that often meanwhile; null: nothing.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('cut_stream').describe('Ends the answer in the middle.'),
    how: z
      .enum(['reset', 'end'])
      .nullable()
      .default(null)
      .describe('reset: closes the connection; end: ends as if whole; null: by lot.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('wrong_usage').describe('States a wrong number of output tokens.'),
    factor: factor.describe('The true number times this.'),
    ...base,
  }),
  plain('outage'),
  plain('refused'),
  plain('keep_alive_reset'),
  plain('insufficient_quota'),
  plain('request_too_large'),
  plain('reset_after_headers'),
  plain('silence'),
  plain('malformed_chunk'),
  plain('error_in_200'),
  plain('empty_answer'),
  plain('missing_usage'),
  plain('split_writes'),
])

/** A fault as a file has it, defaults filled in. */
export type FaultFile = z.output<typeof faultSchema>

/** A fault as people may write it. */
export type FaultInput = z.input<typeof faultSchema>
