import { describe, expect, it } from 'vitest'
import { decideNext, type FailureKind, failureKindOf, type LoopState } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

function model(modelId: string, candidates: number) {
  const candidate = { endpoint: endpointOf({ provider: 'a' }), score: 1, reason: '' }
  return { modelId, ranked: Array.from({ length: candidates }, () => candidate) }
}

function state(sizes: readonly number[], more: Partial<LoopState> = {}): LoopState {
  return {
    models: sizes.map((size, index) => model(`acme/${index}`, size)),
    allowFallbacks: true,
    hasOrder: false,
    maxAttempts: 10,
    attempts: more.last ? 1 : 0,
    last: null,
    ...more,
  }
}

const failed = (failure: FailureKind, at: readonly [number, number] = [0, 0]) => ({
  last: { model: at[0], candidate: at[1], failure },
})
const attempt = (at: number, candidate: number, attemptKind: string) => ({
  kind: 'attempt',
  model: at,
  candidate,
  attemptKind,
})
const stop = (why: string) => ({ kind: 'stop', why })

describe('decideNext', () => {
  it.each([
    ['begins with the first candidate', state([2]), attempt(0, 0, 'primary')],
    ['stops when there is no candidate', state([0, 0]), stop('exhausted')],
    ['skips a model without candidates', state([0, 1]), attempt(1, 0, 'model_fallback')],
    ['tries the next provider', state([2], failed('provider')), attempt(0, 1, 'provider_fallback')],
    ['stops when all have failed', state([2], failed('provider', [0, 1])), stop('exhausted')],
    ['goes on to the next model', state([1, 1], failed('provider')), attempt(1, 0, 'model_fallback')],
    ['tries no other provider for a caller error', state([2], failed('caller')), stop('exhausted')],
    [
      'tries another model for a caller error',
      state([2, 1], failed('caller')),
      attempt(1, 0, 'model_fallback'),
    ],
    ['stops after a token', state([2, 1], failed('after_token')), stop('after_token')],
    ['stops when the caller has gone', state([2, 1], failed('canceled')), stop('canceled')],
    [
      'tries no other provider with fallbacks off',
      state([2], { ...failed('provider'), allowFallbacks: false }),
      stop('exhausted'),
    ],
    [
      'goes through an order with fallbacks off',
      state([2], { ...failed('provider'), allowFallbacks: false, hasOrder: true }),
      attempt(0, 1, 'provider_fallback'),
    ],
    [
      'follows a declared chain of models with fallbacks off',
      state([2, 1], { ...failed('provider'), allowFallbacks: false }),
      attempt(1, 0, 'model_fallback'),
    ],
    [
      'stops at the bound on attempts',
      state([9], { ...failed('provider', [0, 2]), attempts: 3, maxAttempts: 3 }),
      stop('max_attempts'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })
})

describe('failureKindOf', () => {
  it.each([
    ['invalid_request', 'caller'],
    ['context_length_exceeded', 'caller'],
    ['payload_too_large', 'caller'],
    ['unprocessable', 'caller'],
    ['authentication', 'provider'],
    ['payment_required', 'provider'],
    ['permission_denied', 'provider'],
    ['not_found', 'provider'],
    ['rate_limit_exceeded', 'provider'],
    ['server', 'provider'],
    ['timeout_first_token', 'provider'],
    ['connection_refused', 'provider'],
    ['empty_response', 'provider'],
    ['truncated', 'provider'],
  ])('takes %s as the fault of the %s', (errorType, kind) => {
    expect(failureKindOf({ canceled: false, tokenSent: false, errorType })).toBe(kind)
  })

  it('looks at cancellation first and at sent tokens second', () => {
    expect(failureKindOf({ canceled: true, tokenSent: true, errorType: 'canceled' })).toBe('canceled')
    expect(failureKindOf({ canceled: false, tokenSent: true, errorType: 'truncated' })).toBe('after_token')
  })
})
