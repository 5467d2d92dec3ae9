import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { decideNext, defaultRetrySettings, type Failure, type LoopState } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

/** Candidates by the letters of their models: `aab` is two of a, then one of b; `a` is asked for first. */
function state(letters: string, more: Partial<LoopState> = {}): LoopState {
  return {
    candidates: letters.split('').map((letter, index) => ({
      endpoint: endpointOf({ provider: `p${index}`, model: `acme/${letter}` }),
      score: 1,
      reason: '',
    })),
    firstModel: 'acme/a',
    allowFallbacks: true,
    hasOrder: false,
    maxAttempts: 10,
    failures: [],
    running: [],
    skipped: [],
    mayRetry: true,
    mayRescue: false,
    retry: defaultRetrySettings,
    leftMs: null,
    rng: createRng('waits'),
    ...more,
  }
}

const plain = { ends: null, isRetryable: false, retryAfterMs: null, hasOtherKey: false } as const
const kinds = {
  caller: { ...plain, scope: 'request' },
  provider: { ...plain, scope: 'endpoint' },
  passing: { ...plain, scope: 'endpoint', isRetryable: true },
  key: { ...plain, scope: 'key', hasOtherKey: true },
  after_token: { ...plain, scope: 'network', isRetryable: true, ends: 'after_token' },
  canceled: { ...plain, scope: 'request', ends: 'canceled' },
} as const satisfies Record<string, Omit<Failure, 'candidate'>>
type Kind = keyof typeof kinds

/** Failures of the first candidates, in order. */
const after = (...names: readonly Kind[]) => ({
  failures: names.map((name, candidate): Failure => Object.assign({ candidate }, kinds[name])),
})
const attempt = (candidate: number, attemptKind: string) => ({
  kind: 'attempt',
  candidate,
  attemptKind,
  waitMs: 0,
  isLastResort: false,
})
const stop = (why: string) => ({ kind: 'stop', why })
const closed = { allowFallbacks: false }

describe('decideNext', () => {
  it.each([
    ['begins with the first candidate', state('aa'), attempt(0, 'primary')],
    ['stops when there is no candidate', state(''), stop('exhausted')],
    ['begins elsewhere when the first model has no candidates', state('b'), attempt(0, 'model_fallback')],
    ['tries the next provider', state('aa', after('provider')), attempt(1, 'provider_fallback')],
    ['stops when all have failed', state('aa', after('provider', 'provider')), stop('exhausted')],
    ['goes on to the next model', state('ab', after('provider')), attempt(1, 'model_fallback')],
    ['comes back to the first model', state('ba', after('provider')), attempt(1, 'provider_fallback')],
    ['tries no other provider for a caller error', state('aa', after('caller')), stop('exhausted')],
    ['tries another model for a caller error', state('aab', after('caller')), attempt(2, 'model_fallback')],
    [
      'does not come back to a model that met a caller error',
      state('abab', after('caller', 'provider')),
      attempt(3, 'model_fallback'),
    ],
    ['stops after a token', state('aab', after('after_token')), stop('after_token')],
    ['stops when the caller has gone', state('aab', after('canceled')), stop('canceled')],
    [
      'tries no other provider with fallbacks off',
      state('aa', { ...after('provider'), ...closed }),
      stop('exhausted'),
    ],
    [
      'goes through an order with fallbacks off',
      state('aa', { ...after('provider'), ...closed, hasOrder: true }),
      attempt(1, 'provider_fallback'),
    ],
    [
      'follows a declared chain of models with fallbacks off, one provider each',
      state('abac', { ...after('provider', 'provider'), ...closed }),
      attempt(3, 'model_fallback'),
    ],
    [
      'stops at the bound on attempts',
      state('aaaaa', { ...after('provider', 'provider', 'provider'), maxAttempts: 3 }),
      stop('max_attempts'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })
})
