import { describe, expect, it } from 'vitest'
import { attemptCost, chargedFor, sumKnown, unknownReasonOf } from '../../src/router/cost.ts'
import type { Exchange, ExchangeOutcome } from '../../src/wire/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const endpoint = endpointOf({ provider: 'a', input: 1, output: 2 })
const noon = { stream: true, epochUs: 0 }

const unsent = new Set(['connection_refused', 'name_not_resolved', 'timeout_connect', 'queue_full'])

function ended(status: number, outcome: ExchangeOutcome): Exchange {
  const none = {
    headersNs: null,
    firstByteNs: null,
    firstCommentNs: null,
    firstTokenNs: null,
    pausedNs: 0,
    maxGapNs: null,
  }
  return {
    outcome,
    deadline: null,
    status,
    headers: {},
    stamps: {
      ...none,
      sentNs: 0,
      firstVisibleNs: null,
      firstToolNs: null,
      lastTokenNs: null,
      closedNs: 1,
      chunks: 0,
    },
    wasSent: !unsent.has(outcome.kind === 'error' ? outcome.errorType : ''),
    connection: { reused: false, connectNs: 0 },
    usage: null,
    usageIsInvalid: false,
    finishReason: '',
    nativeFinishReason: '',
    toolCalls: [],
    answerId: '',
    model: '',
    provider: '',
    text: '',
    body: null,
    retryAfterMs: null,
  }
}

const error = (errorType: string): ExchangeOutcome => ({
  kind: 'error',
  fault: 'provider',
  errorType,
  message: '',
})

describe('attemptCost', () => {
  it.each([
    ['an HTTP error', 500, error('server'), 0n],
    ['a rate limit', 429, error('rate_limit_exceeded'), 0n],
    ['a refused connection', 0, error('connection_refused'), 0n],
    ['a name that does not resolve', 0, error('name_not_resolved'), 0n],
    ['a connection that did not open', 0, error('timeout_connect'), 0n],
    ['no place in the queue', 0, error('queue_full'), 0n],
    ['a reset', 0, error('connection_reset'), null],
    ['a late first token', 200, error('timeout_first_token'), null],
    ['no answer in time', 0, error('timeout_total'), null],
    ['an error inside a 200', 200, error('provider_unavailable'), null],
    ['a cut stream', 200, { kind: 'truncated' }, null],
    ['a caller that left', 200, { kind: 'canceled' }, null],
    ['success without usage', 200, { kind: 'ok' }, null],
  ] as const)('without usage after %s', (...[, status, outcome, billed]) => {
    const unknown = billed === null
    expect(attemptCost(endpoint, ended(status, outcome), noon)).toEqual({
      billed,
      source: unknown ? 'none' : 'local',
      unknownReason: unknown ? (outcome.kind === 'canceled' ? 'canceled_midway' : 'usage_missing') : '',
      local: null,
    })
  })

  const usage = {
    inputTokens: 100,
    outputTokens: 10,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    reportedCost: null,
  }

  it('charges what was used, also when the attempt failed', () => {
    const exchange = { ...ended(200, error('stream_error')), usage }
    expect(attemptCost(endpoint, exchange, noon)).toMatchObject({
      billed: 120_000_000n,
      source: 'local',
      unknownReason: '',
      local: { prompt: 100_000_000n, completion: 20_000_000n },
    })
  })

  it('takes what the answer says over what it computes, and keeps both', () => {
    const exchange = { ...ended(200, { kind: 'ok' }), usage: { ...usage, reportedCost: 7n } }
    expect(attemptCost(endpoint, exchange, noon)).toMatchObject({
      billed: 7n,
      source: 'provider',
      local: { total: 120_000_000n },
    })
  })

  it('says why it does not know the cost', () => {
    const wrong = { ...ended(200, { kind: 'ok' }), usageIsInvalid: true }
    expect(attemptCost(endpoint, wrong, noon).unknownReason).toBe('usage_invalid')
    const hourly = endpointOf({
      provider: 'a',
      more: { price: { ...endpoint.price, cacheWrite: 2n } },
    })
    const exchange = {
      ...ended(200, { kind: 'ok' }),
      usage: { ...usage, cacheWriteTokens: 5, cacheWrite1hTokens: 5 },
    }
    const unknown = {
      billed: null,
      source: 'none',
      unknownReason: 'no_price_cache_write_1h',
      local: null,
    } as const
    expect(attemptCost(hourly, exchange, noon)).toEqual(unknown)
    const told = { ...exchange, usage: { ...exchange.usage, reportedCost: 3n } }
    expect(attemptCost(hourly, told, noon)).toEqual({
      ...unknown,
      billed: 3n,
      source: 'provider',
      unknownReason: '',
    })
  })

  it('takes the price of the time at which the request was made', () => {
    const nightly = {
      ...endpoint.price,
      overrides: [{ utcWindow: { startMinute: 0, endMinute: 60 }, amounts: { input: 0n } }],
    }
    const cheap = endpointOf({ provider: 'a', more: { price: nightly } })
    const exchange = { ...ended(200, { kind: 'ok' }), usage }
    const billedAt = (epochUs: number) => attemptCost(cheap, exchange, { stream: true, epochUs }).billed
    expect([billedAt(0), billedAt(3_600_000_000)]).toEqual([20_000_000n, 120_000_000n])
  })
})

describe('chargedFor', () => {
  const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 }
  const used = { ...usage, reasoningTokens: 0, reportedCost: null }
  const cost = { billed: 100n, source: 'local', unknownReason: '', local: null } as const
  const unknown = { ...cost, billed: null, source: 'none', unknownReason: 'usage_missing' } as const
  const answered = { ...ended(200, { kind: 'ok' }), usage: used, finishReason: 'stop' }
  const won = { exchange: answered, cost, failure: null, isWinner: true }
  const lost = {
    exchange: ended(0, error('timeout_total')),
    cost: unknown,
    failure: { ends: null },
    isWinner: false,
  }
  const broke = {
    ...won,
    exchange: { ...answered, ...ended(200, error('stream_error')) },
    failure: { ends: 'after_token' },
  }
  const cut = { ...won, exchange: { ...answered, outcome: { kind: 'truncated' } as const, finishReason: '' } }
  const empty = { ...won, exchange: { ...answered, usage: { ...used, outputTokens: 0 }, finishReason: '' } }
  const left = { ...lost, exchange: ended(200, { kind: 'canceled' }), failure: { ends: 'canceled' } }

  it.each([
    ['nothing when nobody was called', [], 0n],
    ['the answer', [won], 100n],
    ['the answer only, whatever the failed attempts before it cost', [lost, won], 100n],
    ['nothing when every attempt failed', [lost, lost], 0n],
    ['nothing for an answer that broke off', [broke], 0n],
    ['nothing for a cut stream', [cut], 0n],
    ['nothing for an empty answer without a finish reason', [empty], 0n],
    ['what an answer of unknown cost costs', [{ ...won, cost: unknown }], null],
    ['what the caller gave up, when its provider told', [{ ...left, cost }], 100n],
    ['what the caller gave up', [left], null],
  ])('is %s', (_what, attempts, charged) => {
    expect(chargedFor(attempts, 0)).toBe(charged)
  })

  it('adds the markup of the key', () => {
    expect(chargedFor([won], 550)).toBe(106n)
  })

  it('stands beside a cost that is not known, with its reason', () => {
    expect(sumKnown([lost, won].map(a => a.cost.billed))).toBeNull()
    expect(unknownReasonOf([won, lost])).toBe('usage_missing')
    expect(unknownReasonOf([won])).toBe('')
  })
})

describe('sumKnown', () => {
  it.each([
    [[], 0n],
    [[1n, 2n], 3n],
    [[1n, null], null],
  ])('of %s is %s', (amounts, sum) => {
    expect(sumKnown(amounts)).toBe(sum)
  })
})
