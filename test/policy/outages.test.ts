import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import {
  createHealthBook,
  createRetryBudget,
  defaultHealthSettings,
  defaultRetryBudgetSettings as budgetSettings,
  defaultRetrySettings,
} from '../../src/health/index.ts'
import { decide, decideNext, type Failure } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { decidingOn } from './ranking.ts'

const second = 1_000_000_000
const endpoints = ['a', 'b', 'c', 'd'].map((provider, index) => endpointOf({ provider, input: 1 + index }))
const failure = {
  ends: null,
  scope: 'endpoint',
  isRetryable: true,
  retryAfterMs: null,
  hasOtherKey: false,
} as const

interface World {
  readonly requests: number
  readonly everySeconds: number
  readonly isDown: (provider: string, seconds: number) => boolean
  readonly seed?: string
}

/** The attempt loop of the router over virtual time: every call ends at once, retries wait. */
function play({ requests, everySeconds, isDown, seed = 'outages' }: World) {
  const book = createHealthBook(defaultHealthSettings)
  const budget = createRetryBudget(budgetSettings)
  const rng = createRng(seed)
  const attempts: number[] = []
  const servedBy: (string | null)[] = []
  let nowNs = 0

  function attempt(endpointId: string): boolean {
    const [provider = ''] = endpointId.split('/')
    const isOk = !isDown(provider, nowNs / second)
    const unknown = { keyAlias: 'K', retryAfterMs: null, ttftMs: null, tokensPerSecond: null }
    const result = isOk ? ('ok' as const) : ('error' as const)
    const coolsDown = isOk ? ('nothing' as const) : ('endpoint' as const)
    book.note(endpointId, { beganNs: nowNs, atNs: nowNs, result, coolsDown, ...unknown })
    return isOk
  }

  function serve(index: number): void {
    const health = (endpointId: string) => book.read({ endpointId, keyAliases: ['K'], nowNs })
    const { candidates } = decide(decidingOn(endpoints, { health, nowNs, rng: rng.fork(String(index)) }))
    const failures: Failure[] = []
    const skipped: number[] = []
    budget.earn()
    for (;;) {
      const step = decideNext({
        candidates,
        firstModel: 'acme/one',
        allowFallbacks: true,
        hasOrder: false,
        maxAttempts: 10,
        failures,
        running: [],
        skipped,
        mayRetry: budget.allows(),
        mayRescue: false,
        retry: defaultRetrySettings,
        leftMs: null,
        rng,
      })
      const id = step.kind === 'attempt' ? candidates[step.candidate]?.endpoint.id : undefined
      if (step.kind === 'stop' || id === undefined) break
      nowNs += step.waitMs * 1_000_000
      if (!step.isLastResort && !book.beginProbe(id, nowNs)) {
        skipped.push(step.candidate)
        continue
      }
      if (failures.length > 0) budget.spend()
      if (attempt(id)) {
        attempts.push(failures.length + 1)
        servedBy.push(id)
        return
      }
      failures.push({ ...failure, candidate: step.candidate })
    }
    attempts.push(failures.length)
    servedBy.push(null)
  }

  for (let index = 0; index < requests; index++) {
    serve(index)
    nowNs += everySeconds * second
  }
  return { attempts, servedBy }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

describe('the attempts of a long outage', () => {
  const steps = [0.02, 0.5, 5, 20, 60, 400]
  const world = fc.record({
    down: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }),
    everySeconds: fc.constantFrom(...steps),
    seed: fc.string(),
  })

  it('are at most 1.1 a request and the reserve once, at any rate, however many endpoints are down', () => {
    const property = fc.property(world, ({ down, everySeconds, seed }) => {
      const requests = 1_000
      const { attempts } = play({ requests, everySeconds, seed, isDown: provider => down.includes(provider) })
      // What can be saved up when it begins, and what one request can owe when it ends.
      const uneven = budgetSettings.reserve + down.length
      for (const from of [0, 100, 500])
        expect(sum(attempts.slice(from))).toBeLessThanOrEqual(1.1 * (requests - from) + uneven)
    })
    fc.assert(property, { numRuns: 20 })
  })

  it('serve every request while one endpoint works, and try every request once when none does', () => {
    const property = fc.property(world, ({ down, everySeconds, seed }) => {
      const { attempts, servedBy } = play({
        requests: 300,
        everySeconds,
        seed,
        isDown: provider => down.includes(provider),
      })
      if (down.length < 4) expect(servedBy).not.toContain(null)
      expect(Math.min(...attempts)).toBe(1)
    })
    fc.assert(property, { numRuns: 40 })
  })

  it.each([
    ['short', 20],
    ['long', 600],
  ])('find an endpoint again within 31 seconds of the end of a %s outage', (_name, outageSeconds) => {
    // Nobody else is left, so that each request goes where the breaker lets it.
    const { servedBy } = play({
      requests: outageSeconds + 40,
      everySeconds: 1,
      isDown: (provider, seconds) => provider !== 'a' || seconds < outageSeconds,
    })
    expect(servedBy.slice(outageSeconds + 31)).not.toContain(null)
    expect(servedBy.at(-1)).toBe('a/one')
  })

  it('fail no more than the first requests where endpoints fail now and then', () => {
    const rng = createRng('flaky')
    const { attempts, servedBy } = play({
      requests: 5_000,
      everySeconds: 0.2,
      isDown: () => rng.next() < 0.05,
    })
    const served = servedBy.filter(by => by !== null).length
    expect(served / 5_000).toBeGreaterThanOrEqual(0.999)
    expect(sum(attempts) / 5_000).toBeLessThan(1.1)
  })
})
