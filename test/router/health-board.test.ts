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

async function openClockedBoard() {
  const clock = createVirtualClock()
  await clock.advanceMs(2_500)
  return { clock, board: createHealthBoard(clock, defaultHealthSettings) }
}

async function openBoard() {
  const { board } = await openClockedBoard()
  return board
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

  it('takes no throughput from an answer that its caller was slow to take', async () => {
    const board = await openBoard()
    const { stamps } = exchangeOf(ok)
    board.note('a/one', exchangeOf(ok, { usage, stamps: { ...stamps, pausedNs: 1 } }), about)
    expect(board.read('a/one')).toMatchObject({ ttftMs: { p50: 300 }, tokensPerSecond: null })
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
    ['a queue that was full', failed('queue_full'), [0, 0]],
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

/** An exchange that began and ended now. */
function endedAt(nowNs: number, outcome: ExchangeOutcome, retryAfterMs: number | null = null): Exchange {
  const made = exchangeOf(outcome, { retryAfterMs })
  return { ...made, stamps: { ...made.stamps, sentNs: nowNs, closedNs: nowNs } }
}

describe('createHealthBoard, what rests', () => {
  it.each([
    ['rate_limit_exceeded', true, false, false],
    ['payment_required', true, true, false],
    ['authentication', true, true, false],
    ['exceeds_rate_limit', false, false, false],
    ['provider_overloaded', false, false, true],
    ['invalid_request', false, false, false],
  ] as const)('after %s is what the table of error types says', async (type, key, elsewhere, endpoint) => {
    const { clock, board } = await openClockedBoard()
    board.note('a/one', endedAt(clock.monoNs(), failed(type), 3_000), { keyAlias: 'K' })
    const rests = [
      board.keyRestsUntilNs('a/one', 'K'),
      board.keyRestsUntilNs('a/two', 'K'),
      board.read('a/one').coolDownUntilNs,
    ]
    expect(rests).toEqual([key, elsewhere, endpoint].map(does => (does ? 5_500 * nsPerMs : 0)))
  })

  it('is the endpoint only when all of its keys do', async () => {
    const { clock, board } = await openClockedBoard()
    board.note('a/one', endedAt(clock.monoNs(), failed('rate_limit_exceeded')), { keyAlias: 'K' })
    const restsWith = (...keys: readonly string[]) => board.read('a/one', keys).coolDownUntilNs / nsPerMs
    expect([restsWith('K'), restsWith('K', 'K_2'), restsWith()]).toEqual([7_500, 0, 0])
    expect(board.state('a/one', ['K'])).toMatchObject({ state: 'cooling', reason: 'rate limit' })
    expect(board.state('a/one', ['K', 'K_2']).state).toBe('closed')
  })

  it('lets one attempt through to a half-open endpoint until that is noted', async () => {
    const { clock, board } = await openClockedBoard()
    const note = (outcome: ExchangeOutcome) =>
      board.note('a/one', endedAt(clock.monoNs(), outcome), { keyAlias: 'K' })
    expect(board.beginProbe('a/one')).toBe(true)
    for (let i = 0; i < 3; i++) note(failed('server'))
    expect([board.beginProbe('a/one'), board.state('a/one').state]).toEqual([false, 'open'])
    await clock.advanceMs(5_000)
    expect([board.beginProbe('a/one'), board.beginProbe('a/one')]).toEqual([true, false])
    expect(board.read('a/one')).toMatchObject({ breaker: 'half_open', breakerUntilNs: 37_500 * nsPerMs })
    note(ok)
    expect(board.state('a/one')).toMatchObject({ state: 'closed', sinceNs: 7_500 * nsPerMs })
  })

  it('counts no key, no limit and no caller against the breaker', async () => {
    const { clock, board } = await openClockedBoard()
    const harmless: readonly ErrorType[] = [
      'authentication',
      'payment_required',
      'rate_limit_exceeded',
      'invalid_request',
      'permission_denied',
    ]
    for (const type of harmless)
      for (let i = 0; i < 5; i++)
        board.note('a/one', endedAt(clock.monoNs(), failed(type)), { keyAlias: 'K' })
    expect(board.read('a/one').breaker).toBe('closed')
  })
})
