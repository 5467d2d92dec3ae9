import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resetEpochMs } from '../../src/wire/limit-reset.ts'
import { rateLimitState, retryAfterMs } from '../../src/wire/rate-limit.ts'

/** 2026-11-20T12:00:00Z. */
const nowMs = Date.UTC(2026, 10, 20, 12)

describe('rateLimitState', () => {
  it('takes a number beyond 32 bits as saying nothing', () => {
    expect(
      rateLimitState({
        'x-ratelimit-remaining-requests': '4294967295',
        'x-ratelimit-remaining-tokens': '4294967296',
      }),
    ).toEqual({ remainingRequests: 4_294_967_295, remainingTokens: null })
  })
})

describe('resetEpochMs', () => {
  it.each([
    ['1s', nowMs + 1_000],
    ['6m0s', nowMs + 360_000],
    ['12ms', nowMs + 12],
    ['2m59.56s', nowMs + 179_560],
    ['1h0m0.5s', nowMs + 3_600_500],
    ['1d2h', nowMs + 93_600_000],
    ['500µs', nowMs + 0.5],
    ['2026-11-20T12:00:59Z', nowMs + 59_000],
    ['2026-11-20T13:00:59+01:00', nowMs + 59_000],
    [String(nowMs / 1000 + 7), nowMs + 7_000],
    [String(nowMs + 7), nowMs + 7],
    ['7', nowMs + 7_000],
    ['0.5', nowMs + 500],
    ['', null],
    ['soon', null],
    ['5 minutes', null],
    ['2026-11-20Tnoon', null],
    ['-1s', null],
  ])('reads %j as one instant', (text, expected) => {
    expect(resetEpochMs(text, nowMs)).toBe(expected)
  })

  it('never fails, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const epochMs = resetEpochMs(text, nowMs)
        expect(epochMs === null || epochMs >= 0).toBe(true)
      }),
    )
  })
})

const waiting = (headers: Readonly<Record<string, string>>, body: unknown = null, status = 429) =>
  retryAfterMs({ status, headers, body }, nowMs)

/** `google.rpc.RetryInfo` among other details. */
const gemini = (retryDelay: unknown) => ({
  error: { code: 429, details: [{ violations: [] }, { '@type': 'RetryInfo', retryDelay }] },
})

describe('retryAfterMs, named by the answer', () => {
  it.each([
    [{ 'retry-after': '99999999999999' }, 2 ** 31 - 1],
    [{ 'retry-after': '9'.repeat(400) }, 2 ** 31 - 1],
    [{ 'retry-after-ms': '1e300' }, 2 ** 31 - 1],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 2 ** 31 - 1],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, null],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after-ms': '', 'retry-after': '2' }, 2_000],
    [{ 'retry-after-ms': '-5', 'retry-after': '2' }, 2_000],
    [{ 'retry-after-ms': '174', 'retry-after': '1' }, 174],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('reads %j as a wait that a timer can hold', (headers, expected) => {
    expect(waiting(headers)).toBe(expected)
    expect(waiting(headers, null, 503)).toBe(expected)
  })

  it.each([
    ['34.4s', 34_400],
    ['0s', 0],
    ['soon', null],
    [7, null],
    [undefined, null],
  ])('reads the delay %j of a body of Gemini', (delay, expected) => {
    expect(waiting({}, gemini(delay))).toBe(expected)
    expect(waiting({}, [gemini(delay)])).toBe(expected)
  })
})

describe('retryAfterMs, by limits that are used up', () => {
  const openai = (what: string, [limit, remaining, reset]: readonly [string, string, string]) => ({
    [`x-ratelimit-limit-${what}`]: limit,
    [`x-ratelimit-remaining-${what}`]: remaining,
    [`x-ratelimit-reset-${what}`]: reset,
  })
  const anthropic = (what: string, remaining: string, reset: string) => ({
    [`anthropic-ratelimit-${what}-limit`]: '1000',
    [`anthropic-ratelimit-${what}-remaining`]: remaining,
    [`anthropic-ratelimit-${what}-reset`]: reset,
  })
  const router = { 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0' }

  it.each([
    ['the one that is', openai('requests', ['60', '0', '1.5s']), 1_500],
    [
      'not those that have something left',
      { ...openai('requests', ['60', '59', '6m0s']), ...openai('tokens', ['30000', '0', '12ms']) },
      12,
    ],
    [
      'all of them, where several are',
      { ...openai('requests', ['60', '0', '2s']), ...openai('tokens', ['30000', '0', '12ms']) },
      2_000,
    ],
    [
      'the scarcest, where a request was larger than what is left',
      { ...openai('requests', ['500', '499', '6m0s']), ...openai('tokens', ['30000', '11072', '9s']) },
      9_000,
    ],
    [
      "Anthropic's, by the clock",
      {
        ...anthropic('requests', '999', '2026-11-20T13:00:00Z'),
        ...anthropic('input-tokens', '0', '2026-11-20T12:00:30Z'),
      },
      30_000,
    ],
    ['milliseconds since 1970', { ...router, 'x-ratelimit-reset': String(nowMs + 250) }, 250],
    ['seconds since 1970', { ...router, 'x-ratelimit-reset': String(nowMs / 1000 + 3) }, 3_000],
    ['none in the past', { ...router, 'x-ratelimit-reset': String(nowMs - 1) }, null],
    ['none of which nothing is known to be used up', { 'x-ratelimit-reset-tokens': '1s' }, null],
  ])('waits for %s', (_name, headers, expected) => {
    expect(waiting(headers)).toBe(expected)
  })

  it('looks at them in a 429 alone, and prefers what the answer names', () => {
    const headers = openai('requests', ['60', '0', '9s'])
    expect(waiting(headers, null, 200)).toBeNull()
    expect(waiting(headers, null, 503)).toBeNull()
    expect(waiting(headers, gemini('2s'))).toBe(2_000)
    expect(waiting({ ...headers, 'retry-after': '1' }, gemini('2s'))).toBe(1_000)
  })
})
