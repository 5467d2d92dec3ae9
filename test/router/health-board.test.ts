import { describe, expect, it } from 'vitest'
import { createVirtualClock, nsPerMs } from '../../src/core/index.ts'
import { defaultHealthSettings } from '../../src/health/index.ts'
import { createHealthBoard } from '../../src/router/health-board.ts'
import {
  errorOf,
  type ErrorType,
  type Exchange,
  type ExchangeOutcome,
  type ToolCall,
} from '../../src/wire/index.ts'

const usage: Exchange['usage'] = {
  inputTokens: 10,
  outputTokens: 100,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  reportedCost: null,
}
const ok: ExchangeOutcome = { kind: 'ok' }

function exchangeOf(outcome: ExchangeOutcome, more: Partial<Exchange> = {}): Exchange {
  return {
    outcome,
    deadline: null,
    status: 200,
    headers: {},
    stamps: {
      sentNs: 0,
      headersNs: null,
      firstByteNs: null,
      firstCommentNs: null,
      firstTokenNs: 300 * nsPerMs,
      firstVisibleNs: null,
      firstToolNs: null,
      lastTokenNs: null,
      closedNs: 2_000 * nsPerMs,
      pausedNs: 0,
      maxGapNs: null,
      chunks: 0,
    },
    wasSent: true,
    connection: { reused: false, connectNs: 0 },
    usage: null,
    finishReason: '',
    nativeFinishReason: '',
    answerId: '',
    model: '',
    provider: '',
    text: '',
    usageIsInvalid: false,
    toolCalls: [],
    body: null,
    retryAfterMs: null,
    ...more,
  }
}

async function openBoard() {
  const clock = createVirtualClock()
  await clock.advanceMs(2_500)
  return createHealthBoard(clock, defaultHealthSettings)
}

const later = () => new Promise(resolve => setImmediate(resolve))
const about = { keyAlias: 'KEY' }
const failed = (errorType: ErrorType) => errorOf(errorType, 'no')

describe('createHealthBoard', () => {
  it('knows nothing of an endpoint that was never called', async () => {
    const board = await openBoard()
    expect(board.read('a/one')).toMatchObject({ recentErrors: 0, ttftMs: null, uptimePercent: null })
    expect(board.windows('a/one')).toMatchObject({ uptime_last_1d: null, attempts_last_30m: 0 })
  })

  it('takes throughput over the whole time of the answer, waiting included, and the wait for the first token', async () => {
    const board = await openBoard()
    board.note('a/one', exchangeOf(ok, { usage }), about)
    expect(board.read('a/one')).toMatchObject({ ttftMs: { p50: 300 }, tokensPerSecond: { p90: 50 } })
  })

  it.each<[string, ExchangeOutcome, readonly [ok: number, error: number]]>([
    ['an answer', ok, [1, 0]],
    ['a cut stream', { kind: 'truncated' }, [0, 1]],
    ['500', failed('server'), [0, 1]],
    ['401 at the provider', failed('authentication'), [0, 1]],
    ['402 at the provider', failed('payment_required'), [0, 1]],
    ['404 at the provider', failed('not_found'), [0, 1]],
    ['a finish reason of error', failed('stream_error'), [0, 1]],
    ['no connection', failed('connection_refused'), [0, 1]],
    ['400', failed('invalid_request'), [0, 0]],
    ['413', failed('payload_too_large'), [0, 0]],
    ['403', failed('permission_denied'), [0, 0]],
    ['429', failed('rate_limit_exceeded'), [0, 0]],
    ['a caller that went away', { kind: 'canceled' }, [0, 0]],
  ])('counts %s by who is to blame (contract, section 7)', async (_name, outcome, expected) => {
    const board = await openBoard()
    board.note('a/one', exchangeOf(outcome), about)
    const { recentSuccesses, recentErrors } = board.read('a/one')
    expect([recentSuccesses, recentErrors]).toEqual(expected)
  })

  const tools = [
    { type: 'function', function: { name: 'add', parameters: { type: 'object', required: ['a'] } } },
  ]
  const calling = (...toolCalls: readonly ToolCall[]) =>
    exchangeOf(ok, { finishReason: 'tool_calls', toolCalls })
  const good = { name: 'add', argumentsText: '{"a":1}' }

  it('counts answers with a bad tool call once each, by kind, of those that ended with tool calls', async () => {
    const board = await openBoard()
    const bad = [
      { name: 'add', argumentsText: '{"a":' },
      { name: 'sub', argumentsText: '{}' },
      { name: 'add', argumentsText: '{}' },
    ]
    board.note('a/one', calling(good, good), { ...about, tools })
    for (const call of bad) board.note('a/one', calling(good, call, call), { ...about, tools })
    board.note('a/one', exchangeOf(ok, { finishReason: 'stop', toolCalls: bad }), { ...about, tools })
    board.note('a/one', exchangeOf(ok, { finishReason: 'tool_calls', toolCalls: null }), { ...about, tools })
    expect(board.read('a/one').toolCallRequests).toBe(0)
    await later()
    expect(board.read('a/one')).toMatchObject({ toolCallRequests: 4, badToolCallRequests: 3 })
    expect(board.windows('a/one').tool_calls_last_2h).toEqual({
      requests: 4,
      bad: 3,
      invalid_json: 1,
      unknown_name: 1,
      schema_mismatch: 1,
    })
  })
})
