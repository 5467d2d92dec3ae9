import { describe, expect, it } from 'vitest'
import { classifyErrorObject, classifyStatus, errorOf } from '../../src/wire/classify.ts'
import { type ErrorClass, errorClasses, type ErrorType, isErrorType } from '../../src/wire/error-classes.ts'
import { classOfExchange } from '../../src/wire/outcome.ts'

const rows: readonly (readonly [string, ErrorClass])[] = Object.entries(errorClasses)

describe('errorClasses', () => {
  it('cools down nothing for what the caller, a policy or the router did', () => {
    const ours = rows.filter(([, { fault }]) => ['client', 'policy', 'router'].includes(fault))
    const cooling = ours.filter(([, row]) => row.coolsDown !== 'nothing' || row.countsAgainstUptime)
    // A refusal may be one of the key, so that several in a row let it rest (docs/routing.md).
    expect(cooling.map(([type]) => type)).toEqual(['permission_denied'])
  })

  it('counts every failure of provider and network against uptime, and no rate limit (contract, section 7)', () => {
    const counted = rows.filter(([, row]) => row.countsAgainstUptime).map(([type]) => type)
    const blamed = rows.filter(([, row]) => ['provider', 'network'].includes(row.fault)).map(([type]) => type)
    expect(counted).toEqual(blamed)
  })

  it('keeps retryability and cool-down apart', () => {
    const both = (type: ErrorType) => [errorClasses[type].isRetryable, errorClasses[type].coolsDown]
    expect(both('rate_limit_exceeded')).toEqual([true, 'key_at_endpoint'])
    expect(both('payment_required')).toEqual([false, 'key'])
    expect(both('exceeds_rate_limit')).toEqual([false, 'nothing'])
    expect(both('server')).toEqual([true, 'endpoint'])
    expect(both('not_found')).toEqual([false, 'endpoint'])
  })

  it('never tries a request again that is at fault itself', () => {
    const again = rows.filter(([, { scope, isRetryable }]) => scope === 'request' && isRetryable)
    expect(again.map(([type]) => type)).toEqual(['router_overloaded', 'router_closing'])
  })
})

const limitMessage = (limit: number, requested: number) =>
  `Rate limit reached for gpt-4.1 in organization org-X on tokens per min (TPM): Limit ${limit}, Used 18928, Requested ${requested}. Please try again in 174ms.`

describe('classifyStatus', () => {
  it.each([
    [400, {}, 'invalid_request'],
    [401, {}, 'authentication'],
    [402, {}, 'payment_required'],
    [403, {}, 'permission_denied'],
    [404, {}, 'not_found'],
    [408, {}, 'timeout'],
    [413, {}, 'payload_too_large'],
    [418, {}, 'invalid_request'],
    [422, {}, 'unprocessable'],
    [429, {}, 'rate_limit_exceeded'],
    [498, {}, 'rate_limit_exceeded'],
    [500, {}, 'server'],
    [502, '<html>bad gateway</html>', 'provider_unavailable'],
    [503, null, 'provider_overloaded'],
    [504, [], 'timeout'],
    [520, 'error code: 520', 'server'],
    [524, '', 'timeout'],
    [529, {}, 'provider_overloaded'],
    [429, { error: { code: 'insufficient_quota', type: 'insufficient_quota' } }, 'payment_required'],
    [429, { error: { code: 'rate_limit_exceeded', type: 'tokens' } }, 'rate_limit_exceeded'],
    [
      429,
      { error: { code: 'rate_limit_exceeded', message: limitMessage(30_000, 11_159) } },
      'rate_limit_exceeded',
    ],
    [
      429,
      { error: { code: 'rate_limit_exceeded', message: limitMessage(30_000, 30_601) } },
      'exceeds_rate_limit',
    ],
    [
      429,
      {
        error: { message: 'Request too large for gpt-4o on tokens per min: Limit 30000, Requested 30601.' },
      },
      'exceeds_rate_limit',
    ],
    [400, { error: { message: 'Limit 1, Requested 2' } }, 'invalid_request'],
    [400, { error: { code: 'content_filter' } }, 'content_policy_violation'],
    [400, { error: { code: 400, metadata: { error_type: 'string_too_long' } } }, 'context_length_exceeded'],
    [503, { error: { type: 'server_error', code: 'overloaded' } }, 'provider_overloaded'],
    [500, { error: { code: 'constructor', type: '__proto__' } }, 'server'],
  ] as const)('takes HTTP %i with %j as %s', (status, body, expected) => {
    expect(classifyStatus(status, body).errorType).toBe(expected)
  })
})

describe('classifyErrorObject', () => {
  it.each([
    [{ code: 502 }, 'provider_unavailable'],
    [{ code: '429' }, 'rate_limit_exceeded'],
    [{ code: 'server_error' }, 'stream_error'],
    [{ type: 'overloaded_error' }, 'provider_overloaded'],
    [{ type: 'insufficient_quota', code: 429 }, 'payment_required'],
    [{ code: 'rate_limit_exceeded', message: limitMessage(1, 2) }, 'exceeds_rate_limit'],
    [{ code: 'whatever' }, 'stream_error'],
    ['text', 'stream_error'],
  ])('takes %j inside a successful answer as %s', (error, expected) => {
    expect(classifyErrorObject(error).errorType).toBe(expected)
  })
})

describe('classOfExchange', () => {
  it('is the row of the table that the outcome belongs to; a success has none', () => {
    expect(classOfExchange({ outcome: { kind: 'ok' } })).toBeNull()
    expect(classOfExchange({ outcome: { kind: 'truncated' } })).toBe(errorClasses.truncated)
    expect(classOfExchange({ outcome: { kind: 'canceled' } })).toBe(errorClasses.canceled)
    expect(classOfExchange({ outcome: errorOf('server', '') })).toBe(errorClasses.server)
    expect(isErrorType('toString')).toBe(false)
  })
})
