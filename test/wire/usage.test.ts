import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price } from '../../src/catalog/index.ts'
import { parseUsd } from '../../src/core/index.ts'
import { costOf } from '../../src/record/index.ts'
import { normaliseFinishReason } from '../../src/wire/openai/finish-reason.ts'
import { readUsage } from '../../src/wire/openai/usage.ts'
import { rateLimitState, retryAfterMs } from '../../src/wire/rate-limit.ts'

const counts = { prompt_tokens: 10, completion_tokens: 5 }
const price: Price = { input: 3n, output: 5n, cacheRead: 1n, cacheWrite: 4n, request: 0n, version: 'test' }

describe('readUsage', () => {
  it.each([
    ['more read from a cache than came in', { prompt_tokens_details: { cached_tokens: 11 } }],
    ['more hits than came in', { prompt_cache_hit_tokens: 11 }],
    [
      'more read and written together than came in',
      { prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 5 } },
    ],
    ['input beyond 32 bits', { prompt_tokens: 2 ** 32 }],
    ['output beyond 32 bits', { completion_tokens: 1e300 }],
    ['reasoning beyond 32 bits', { completion_tokens_details: { reasoning_tokens: 2 ** 32 } }],
  ])('does not know the usage of an answer with %s', (_what, fields) => {
    expect(readUsage({ ...counts, ...fields })).toBeNull()
  })

  it.each([
    [-0.01, null],
    ['-1', null],
    [1e6, null],
    [1e300, null],
    ['9'.repeat(100_000), null],
    [999_999.5, parseUsd('999999.5')],
    [0, 0n],
  ])('reads the reported cost %s as an amount that a record holds, or as unknown', (cost, expected) => {
    expect(readUsage({ ...counts, cost })?.reportedCost).toBe(expected)
  })

  it('gives only usage that costs nothing or more', () => {
    const count = fc.oneof(fc.nat({ max: 20 }), fc.double())
    const answer = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: fc.record({ cached_tokens: count, cache_write_tokens: count }),
    })
    fc.assert(
      fc.property(answer, value => {
        const usage = readUsage(value)
        return usage === null || costOf(price, usage).total >= 0n
      }),
    )
  })
})

describe('normaliseFinishReason', () => {
  it.each(['constructor', '__proto__', 'toString', 'whatever'])('counts the unknown %s as stop', native => {
    expect(normaliseFinishReason(native)).toBe('stop')
  })
})

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

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '99999999999999' }, 2 ** 31 - 1],
    [{ 'retry-after': '9'.repeat(400) }, 2 ** 31 - 1],
    [{ 'retry-after-ms': '1e300' }, 2 ** 31 - 1],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 2 ** 31 - 1],
    [{ 'retry-after-ms': '-5', 'retry-after': '2' }, 2000],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('reads %j as a wait that a timer can hold', (headers, expected) => {
    expect(retryAfterMs(headers, 0)).toBe(expected)
  })
})
