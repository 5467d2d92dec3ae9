import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { defaultRetrySettings } from '../../src/health/index.ts'
import { decideNext, type Failure, type LoopState } from '../../src/policy/index.ts'
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

describe('decideNext, keys', () => {
  it.each([
    ['tries another key of the endpoint at once', state('aa', after('key')), attempt(0, 'retry')],
    [
      'goes on when no other key is left',
      state('aa', { failures: [{ ...kinds.key, candidate: 0, hasOtherKey: false }] }),
      attempt(1, 'provider_fallback'),
    ],
    [
      'tries another key with fallbacks off and without a retry budget too',
      state('aa', { ...after('key'), ...closed, mayRetry: false }),
      attempt(0, 'retry'),
    ],
    [
      'stops at the bound on attempts',
      state('aa', { ...after('key'), maxAttempts: 1 }),
      stop('max_attempts'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })
})

describe('decideNext, the same endpoint again', () => {
  const retry = { baseMs: 500, capMs: 8_000, maxRetries: 2, maxWaitMs: 30_000 }
  const failing = (more: Partial<Failure> = {}, candidate = 0): Failure => ({
    ...kinds.passing,
    candidate,
    ...more,
  })
  const waits = (given: LoopState) => {
    const step = decideNext(given)
    return step.kind === 'attempt' ? [step.candidate, step.attemptKind] : step.why
  }

  it.each([
    ['when no other is left', state('aa', after('provider', 'passing')), [1, 'retry']],
    ['not while another is left', state('aa', after('passing')), [1, 'provider_fallback']],
    ['not after a failure that does not pass', state('a', after('provider')), 'exhausted'],
    ['with fallbacks off', state('aa', { ...after('passing'), ...closed }), [0, 'retry']],
    ['not beyond the budget', state('a', { ...after('passing'), mayRetry: false }), 'retry_budget'],
    [
      'the one that may be asked soonest',
      state('aa', { failures: [failing({ retryAfterMs: 900 }), failing({ retryAfterMs: 200 }, 1)] }),
      [1, 'retry'],
    ],
    [
      'the best of those that named no wait',
      state('aa', { failures: [failing(), failing({}, 1)] }),
      [0, 'retry'],
    ],
    [
      'not when it asks for a wait beyond the deadline',
      state('a', { failures: [failing({ retryAfterMs: 900 })], leftMs: 900 }),
      'exhausted',
    ],
    [
      'not when it asks for too long a wait',
      state('a', { failures: [failing({ retryAfterMs: 30_001 })] }),
      'exhausted',
    ],
    [
      'not when its breaker lets nobody through',
      state('a', { ...after('passing'), skipped: [0] }),
      'exhausted',
    ],
    ['so many times', state('a', { failures: [failing(), failing(), failing()] }), 'exhausted'],
    [
      'so many times, keys apart',
      state('a', { failures: [{ ...kinds.key, candidate: 0 }, failing(), failing()] }),
      [0, 'retry'],
    ],
    [
      'not of a model that met a caller error elsewhere',
      state('ab', {
        failures: [{ ...kinds.caller, candidate: 0 }, failing({}, 1), failing({}, 1), failing({}, 1)],
      }),
      'exhausted',
    ],
  ])('is tried %s', (_name, given, expected) => {
    expect(waits({ ...given, retry })).toEqual(expected)
  })

  it('waits a random time below a bound that doubles, on top of what was asked for, within the deadline', () => {
    const property = fc.property(
      fc.record({
        retries: fc.nat(5),
        retryAfterMs: fc.option(fc.nat(20_000)),
        leftMs: fc.option(fc.integer({ min: 1, max: 40_000 })),
        seed: fc.string(),
      }),
      ({ retries, retryAfterMs, leftMs, seed }) => {
        const failures = Array.from({ length: retries + 1 }, () => failing({ retryAfterMs }))
        const rng = createRng(seed)
        const settings = { ...retry, maxRetries: 9 }
        const step = decideNext(state('a', { failures, leftMs, rng, retry: settings }))
        const asked = retryAfterMs ?? 0
        if (leftMs !== null && asked >= leftMs) {
          expect(step).toEqual(stop('exhausted'))
          return
        }
        if (step.kind !== 'attempt') throw new Error(step.why)
        expect(step.waitMs).toBeGreaterThanOrEqual(Math.max(1, asked))
        expect(step.waitMs).toBeLessThanOrEqual(asked + Math.min(8_000, 500 * 2 ** retries) + 1)
        if (leftMs !== null) expect(step.waitMs).toBeLessThanOrEqual(Math.max(1, leftMs - 1))
      },
    )
    fc.assert(property)
  })

  it('spreads waits evenly, so that callers that failed together do not come back together', () => {
    const rng = createRng('jitter')
    const all = Array.from({ length: 4_000 }, () => {
      const step = decideNext(state('a', { ...after('passing'), retry, rng }))
      return step.kind === 'attempt' ? step.waitMs : 0
    })
    const share = (from: number) => all.filter(waitMs => waitMs >= from && waitMs < from + 125).length / 4_000
    for (const from of [0, 125, 250, 375]) expect(share(from)).toBeCloseTo(0.25, 1)
  })
})

describe('decideNext, breakers', () => {
  const halfOpen = (letters: string, more: Partial<LoopState> = {}) => {
    const given = state(letters, more)
    const candidates = given.candidates.map((candidate, index) =>
      index === 0 ? candidate : Object.assign({ breaker: 'half_open' as const }, candidate),
    )
    return { ...given, candidates }
  }

  it.each([
    ['passes over', state('aa', { skipped: [0] }), attempt(1, 'primary')],
    [
      'tries the best of those passed over when there is no other, so that no request fails untried',
      state('aa', { skipped: [0, 1] }),
      { ...attempt(0, 'primary'), isLastResort: true },
    ],
    [
      'does so once',
      state('aa', { ...after('passing'), skipped: [1], mayRetry: false }),
      stop('retry_budget'),
    ],
    [
      'falls back to one that is half open',
      halfOpen('aa', after('provider')),
      attempt(1, 'provider_fallback'),
    ],
    [
      'does not where that has to be paid and cannot',
      halfOpen('aa', { ...after('provider'), mayRetry: false }),
      stop('retry_budget'),
    ],
    [
      'begins with one that is half open whatever the budget, where there is no other',
      halfOpen('ba', { skipped: [0], mayRetry: false }),
      attempt(1, 'primary'),
    ],
    [
      'begins with another one where the budget is spent',
      { ...halfOpen('aa'), candidates: halfOpen('aa').candidates.toReversed(), mayRetry: false },
      attempt(1, 'primary'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })
})

describe('decideNext, hedges', () => {
  it.each([
    ['runs the next endpoint of the model beside', state('aab', { running: [0] }), attempt(1, 'hedge')],
    ['looks past other models', state('aba', { running: [0] }), attempt(2, 'hedge')],
    ['never runs another model beside', state('ab', { running: [0] }), stop('exhausted')],
    ['not with fallbacks off', state('aa', { running: [0], ...closed }), stop('exhausted')],
    ['not beyond the budget', state('aa', { running: [0], mayRetry: false }), stop('retry_budget')],
    ['not beyond the bound on attempts', state('aa', { running: [0], maxAttempts: 1 }), stop('max_attempts')],
    ['not where all were passed over', state('aa', { running: [0], skipped: [1] }), stop('exhausted')],
    [
      'goes on behind what ran when both failed',
      state('aaa', after('provider', 'provider')),
      attempt(2, 'provider_fallback'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })
})

describe('decideNext, rescue', () => {
  const mayRescue = true
  it.each([
    [
      'goes on at the next endpoint',
      state('aa', { ...after('after_token'), mayRescue }),
      attempt(1, 'rescue'),
    ],
    [
      'goes on with the next model',
      state('ab', { ...after('after_token'), mayRescue }),
      attempt(1, 'rescue'),
    ],
    [
      'not at another provider with fallbacks off',
      state('aa', { ...after('after_token'), mayRescue, ...closed, mayRetry: false }),
      stop('retry_budget'),
    ],
    ['not for a caller that has gone', state('aa', { ...after('canceled'), mayRescue }), stop('canceled')],
  ])('%s', (_name, given, expected) => {
    expect(decideNext(given)).toEqual(expected)
  })

  it('goes on at the same endpoint, after a wait, when no other is left', () => {
    expect(decideNext(state('a', { ...after('after_token'), mayRescue }))).toMatchObject({
      candidate: 0,
      attemptKind: 'rescue',
    })
  })
})

describe('decideNext, laws', () => {
  const failure = fc.record({
    ends: fc.constantFrom(null, null, null, 'after_token' as const),
    scope: fc.constantFrom('request' as const, 'key' as const, 'endpoint' as const, 'network' as const),
    isRetryable: fc.boolean(),
    retryAfterMs: fc.option(fc.nat(40_000)),
    hasOtherKey: fc.boolean(),
  })
  const world = fc.record({
    letters: fc.stringMatching(/^[abc]{0,6}$/),
    failures: fc.array(failure, { maxLength: 30 }),
    /** Which attempts are let through, over and over. */
    lets: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    mayRescue: fc.boolean(),
    mayRetry: fc.boolean(),
    allowFallbacks: fc.boolean(),
    maxAttempts: fc.integer({ min: 1, max: 12 }),
  })

  it('ends, tries something where there is something, and keeps every bound, however attempts fail', () => {
    const property = fc.property(world, ({ letters, failures: fates, lets, ...given }) => {
      const failures: Failure[] = []
      const skipped: number[] = []
      for (let turn = 0; turn < 100; turn++) {
        const step = decideNext(state(letters, { ...given, failures, skipped }))
        if (step.kind === 'stop') {
          if (letters !== '') expect(failures.length).toBeGreaterThan(0)
          return
        }
        if (!step.isLastResort && lets[turn % lets.length] === false) {
          expect(skipped).not.toContain(step.candidate)
          skipped.push(step.candidate)
          continue
        }
        const fate = fates[failures.length]
        if (!fate) return
        failures.push({ ...fate, candidate: step.candidate })
        expect(failures.length).toBeLessThanOrEqual(given.maxAttempts)
        if (step.waitMs > 0) expect(given.mayRetry).toBe(true)
        if (failures.at(-2)?.ends === 'after_token') expect(given.mayRescue).toBe(true)
      }
      throw new Error('it does not end')
    })
    fc.assert(property, { numRuns: 500 })
  })
})
