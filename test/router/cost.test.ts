import { describe, expect, it } from 'vitest'
import { attemptCost, sumKnown } from '../../src/router/cost.ts'
import type { Exchange, ExchangeOutcome } from '../../src/wire/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const endpoint = endpointOf({ provider: 'a', input: 1, output: 2 })

function ended(status: number, outcome: ExchangeOutcome): Exchange {
  const none = {
    headersNs: null,
    firstByteNs: null,
    firstCommentNs: null,
    firstTokenNs: null,
    maxGapNs: null,
  }
  return {
    outcome,
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
    connection: { reused: false, connectNs: 0 },
    usage: null,
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
    ['a reset', 0, error('connection_reset'), null],
    ['a late first token', 200, error('timeout_first_token'), null],
    ['no answer in time', 0, error('timeout_total'), null],
    ['an error inside a 200', 200, error('provider_unavailable'), null],
    ['a cut stream', 200, { kind: 'truncated' }, null],
    ['a caller that left', 200, { kind: 'canceled' }, null],
    ['success without usage', 200, { kind: 'ok' }, null],
  ] as const)('without usage after %s', (...[, status, outcome, billed]) => {
    const cost = attemptCost(endpoint, ended(status, outcome))
    expect(cost).toEqual({ billed, source: billed === null ? 'none' : 'local', local: null, parts: null })
  })

  it('charges what was used, also when the attempt failed', () => {
    const counts = {
      inputTokens: 100,
      outputTokens: 10,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    }
    const exchange = { ...ended(200, error('stream_error')), usage: { ...counts, reportedCost: null } }
    expect(attemptCost(endpoint, exchange)).toMatchObject({
      billed: 120_000_000n,
      source: 'local',
      parts: { prompt: 100_000_000n, completion: 20_000_000n },
    })
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
