import { describe, expect, it } from 'vitest'
import { type AttemptFacts, type LogLine, reconcile } from '../../../src/sim/index.ts'

const line: LogLine = {
  kind: 'request',
  no: 1,
  endpoint: 'groq/m',
  draw_id: 'a',
  trace_id: 't',
  span_id: 's1',
  stream: true,
  received_ns: 0,
  headers_ns: 1,
  first_byte_ns: 2,
  last_byte_ns: 3,
  end_ns: 4,
  status: 200,
  ended: 'complete',
  canceled: false,
  input_tokens: 100,
  cached_tokens: 64,
  written_tokens: 32,
  output_tokens: 10,
  chunks: 10,
  planned_end_us: 3,
  sent_tokens: 10,
  writes_us: [],
  billed_usd: '0.001',
  price_version: 'v',
}

const attempt: AttemptFacts = {
  spanId: 's1',
  endpoint: 'groq/m',
  outcome: 'ok',
  errorType: '',
  httpStatus: 200,
  inputTokens: 100,
  outputTokens: 10,
  cacheReadTokens: 64,
  cacheWriteTokens: 32,
  cost: 1_000_000_000n,
}

const unknown = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cost: null,
}

const agreeing: readonly (readonly [string, Partial<LogLine>, Partial<AttemptFacts>])[] = [
  ['a complete answer', {}, {}],
  [
    'a caller that left',
    { ended: 'canceled', canceled: true, sent_tokens: 3 },
    { outcome: 'canceled', errorType: 'canceled', ...unknown },
  ],
  [
    'a router that gave up waiting',
    { ended: 'canceled', canceled: true, status: 0 },
    { outcome: 'error', errorType: 'timeout_first_token', httpStatus: 0, ...unknown },
  ],
  ['writes that no usage tells and that cost nothing', {}, { cacheWriteTokens: 0 }],
  ['a caller that left just after the end', {}, { outcome: 'canceled', errorType: 'canceled', ...unknown }],
]

const differing: readonly (readonly [string, Partial<LogLine>, Partial<AttemptFacts>, string, string])[] = [
  ['endpoint', {}, { endpoint: 'novita/m' }, 'groq/m', 'novita/m'],
  ['status', { status: 503 }, {}, '503', '200'],
  ['input_tokens', {}, { inputTokens: 99 }, '100', '99'],
  ['output_tokens', {}, { outputTokens: 0 }, '10', '0'],
  ['cache_read_tokens', {}, { cacheReadTokens: 0 }, '64', '0'],
  ['cache_write_tokens', {}, { cacheWriteTokens: 16 }, '32', '16'],
  ['cost', {}, { cost: 1_000_000_001n }, '0.001', '0.001000000001'],
  ['cancellation', { ended: 'canceled', canceled: true }, {}, 'canceled 200', 'ok'],
]

describe('reconcile', () => {
  it.each(agreeing)('finds nothing to say about %s', (_, ofLine, ofAttempt) => {
    expect(reconcile([{ ...line, ...ofLine }], [{ ...attempt, ...ofAttempt }]).differences).toEqual([])
  })

  it.each(differing)('names a difference of %s with both sides', (kind, ofLine, ofAttempt, log, run) => {
    const { differences } = reconcile([{ ...line, ...ofLine }], [{ ...attempt, ...ofAttempt }])
    expect(differences).toEqual([{ kind, spanId: 's1', endpoint: ofAttempt.endpoint ?? 'groq/m', log, run }])
  })

  it('names a request that the run does not have, and an attempt that no provider received', () => {
    const { differences, log, run } = reconcile([line], [{ ...attempt, spanId: 's2' }])
    expect(differences.map(({ kind, spanId }) => [kind, spanId])).toEqual([
      ['not_received', 's2'],
      ['not_recorded', 's1'],
    ])
    expect([log.requests, run.requests]).toEqual([1, 1])
  })

  it('expects no line of an attempt that could not connect', () => {
    const refused = {
      ...attempt,
      ...unknown,
      errorType: 'connection_refused',
      outcome: 'error',
      httpStatus: 0,
    }
    expect(reconcile([], [refused]).differences).toEqual([])
  })

  it.each(['queue_full', 'queue_timeout', 'canceled'])(
    'expects no line of %s before anything was sent',
    type => {
      const outcome = type === 'canceled' ? type : 'error'
      const unsent = { ...attempt, ...unknown, errorType: type, outcome, httpStatus: 0, cost: 0n }
      expect(reconcile([], [unsent]).differences).toEqual([])
    },
  )

  it('sums apart what providers bill for attempts of unknown cost', () => {
    const cut = { ...line, ended: 'cut' as const, billed_usd: '0.0004' }
    const { unknownCost, log, run } = reconcile(
      [cut],
      [{ ...attempt, ...unknown, outcome: 'truncated', errorType: 'truncated' }],
    )
    expect(unknownCost).toEqual({ attempts: 1, billed: 400_000_000n })
    expect([log.cost, run.cost]).toEqual([400_000_000n, 0n])
  })
})
