import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { defaultHealthSettings } from '../../src/health/index.ts'
import type { RouterOptions } from '../../src/router/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  type Script,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })

type Settings = NonNullable<RouterOptions['settings']>

const defaults = { health: defaultHealthSettings }
const retry = { maxRetries: 2, baseMs: 20, capMs: 40, maxWaitMs: 100 }
/** Draws the longest wait each time. */
const longest = { ...createRng('x'), next: () => 0.999, fork: () => longestOf() }
function longestOf(): typeof longest {
  return longest
}

/** Fails so many times, then answers. */
function failing(times: number, fault: Script): Script {
  let left = times
  return (...args) => (left-- > 0 ? fault : answering('At last'))(...args)
}

describe('retries', () => {
  it.each([true, false])('wait and try the only endpoint again (stream: %s)', async stream => {
    const settings: Settings = { retry, keepAliveFirstMs: 5, keepAliveEveryMs: 5 }
    const scripts = { a: failing(2, refusing(503)) }
    await using router = await openTestRouter([a], scripts, { settings, rng: longest })
    const response = await router.post(ask({ stream }))
    const text = stream
      ? textOf((await readEvents(response)).chunks)
      : (await bodyOf(response)).choices[0]?.message.content
    expect(text).toBe('At last')
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.kind, x.http_status, x.winner])).toEqual([
      ['primary', 503, false],
      ['retry', 503, false],
      ['retry', 200, true],
    ])
    const waits = attempts.map(x => x.backoff_us)
    expect(waits[0]).toBe(0)
    expect(waits[1]).toBeGreaterThanOrEqual(20_000)
    expect(waits[2]).toBeGreaterThanOrEqual(40_000)
    expect(requests[0]).toMatchObject({ outcome: 'ok', attempts: 3, fallback: 'none' })
    // Waits are not the router's own time.
    expect(requests[0]?.latency_us).toBeGreaterThanOrEqual(60_000)
    expect(requests[0]?.router_us).toBeLessThan(60_000)
  })

  it('try every other endpoint first', async () => {
    const scripts = { a: failing(1, refusing(500)), b: refusing(500) }
    await using router = await openTestRouter([a, b], scripts, { settings: { retry } })
    expect((await bodyOf(router.post(ask()))).choices[0]?.message.content).toBe('At last')
    const { attempts } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.provider, x.kind])).toEqual([
      ['a', 'primary'],
      ['b', 'provider_fallback'],
      ['a', 'retry'],
    ])
  })

  it.each([400, 401, 404, 413])('are not made after %i', async status => {
    await using router = await openTestRouter([a], { a: refusing(status) }, { settings: { retry } })
    await (await router.post(ask())).text()
    expect(router.calls).toHaveLength(1)
  })

  it('wait as long as the provider asks, when that is within reach', async () => {
    const limited = failing(1, refusing(429, { 'retry-after-ms': '60' }))
    await using router = await openTestRouter([a], { a: limited }, { settings: { retry } })
    expect((await bodyOf(router.post(ask()))).choices[0]?.message.content).toBe('At last')
    const { attempts } = await recordsOf(router.sink)
    expect(attempts[1]?.backoff_us).toBeGreaterThanOrEqual(60_000)
  })

  it.each<[string, Settings]>([
    ['longer than is waited at all', { retry: { ...retry, maxWaitMs: 500 } }],
    ['longer than is left for the request', { retry: { ...retry, maxWaitMs: 5_000 }, requestTimeoutMs: 500 }],
  ])('are not made when the provider asks for a wait that is %s', async (_name, settings) => {
    const scripts = { a: refusing(429, { 'retry-after': '2' }) }
    await using router = await openTestRouter([a], scripts, { settings })
    const response = await router.post(ask())
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(router.calls).toHaveLength(1)
  })

  it('end with their budget, so that an outage is not multiplied', async () => {
    const settings: Settings = {
      retry: { ...retry, baseMs: 1, capMs: 1 },
      retryBudget: { perRequest: 0.1, reserve: 3 },
      health: {
        ...defaults.health,
        breaker: { ...defaults.health.breaker, errorsInRow: 1_000, errorRatio: 1, minAttempts: 1_000 },
      },
    }
    await using router = await openTestRouter([a], { a: refusing(500) }, { settings })
    for (let n = 0; n < 40; n++) await (await router.post(ask())).text()
    // The reserve and a tenth of an attempt for each request.
    expect(router.calls.length).toBeLessThanOrEqual(40 + 3 + 4)
    expect(router.calls.length).toBeGreaterThanOrEqual(40 + 3)
  })

  it('end when the caller goes away meanwhile', async () => {
    const settings: Settings = { retry: { ...retry, baseMs: 30_000, capMs: 30_000, maxWaitMs: 30_000 } }
    await using router = await openTestRouter([a], { a: refusing(503) }, { settings, rng: longest })
    const asked = router.post(ask()).catch(() => null)
    await expect.poll(() => router.sink.attempts.length).toBe(1)
    router.abort()
    await asked
    const { requests, attempts } = await recordsOf(router.sink)
    expect(attempts).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      outcome: 'canceled',
      fault: 'client',
      error_type: 'canceled',
      cost_usd: 0n,
    })
  })
})

describe('circuit breakers', () => {
  it('are in the rows of attempts, and let one request through when nothing else is left', async () => {
    const breaker = { ...defaults.health.breaker, errorsInRow: 1, openMs: 60_000 }
    const settings: Settings = { health: { ...defaults.health, breaker } }
    await using router = await openTestRouter([a], { a: failing(1, refusing(500)) }, { settings })
    expect((await router.post(ask())).status).toBe(502)
    expect((await bodyOf(router.post(ask()))).choices[0]?.message.content).toBe('At last')
    const { attempts } = await recordsOf(router.sink, 2)
    expect(attempts.map(x => [x.breaker, x.http_status])).toEqual([
      ['closed', 500],
      ['open', 200],
    ])
  })

  it('are left alone while another endpoint may serve', async () => {
    const breaker = { ...defaults.health.breaker, errorsInRow: 1, openMs: 60_000 }
    const settings: Settings = { health: { ...defaults.health, breaker } }
    await using router = await openTestRouter([a, b], { a: refusing(500), b: answering('B') }, { settings })
    for (let n = 0; n < 3; n++) await (await router.post(ask())).text()
    expect(router.calls.map(call => call.provider)).toEqual(['a', 'b', 'b', 'b'])
  })

  it('try a half-open endpoint with one request at a time', async () => {
    const breaker = { ...defaults.health.breaker, errorsInRow: 1, openMs: 20 }
    const settings: Settings = { health: { ...defaults.health, breaker } }
    let isIll = true
    const answers: (() => void)[] = []
    const slow: Script = (...args) => {
      if (isIll) return refusing(500)(...args)
      answers.push(() => answering('A')(...args))
    }
    await using router = await openTestRouter([a, b], { a: slow, b: answering('B') }, { settings })
    await (await router.post(ask())).text()
    isIll = false
    await new Promise(resolve => setTimeout(resolve, 30))
    // Without an order, an endpoint with a recent outage comes last.
    const provider = { order: ['a', 'b'] }
    const asked = [1, 2, 3].map(() => bodyOf(router.post(ask({ provider }))))
    await expect.poll(() => answers.length + router.calls.filter(c => c.provider === 'b').length).toBe(4)
    expect(answers).toHaveLength(1)
    answers[0]?.()
    const providers = (await Promise.all(asked)).map(body => body.provider)
    expect(providers.toSorted()).toEqual(['A Cloud', 'B Cloud', 'B Cloud'])
    const { attempts } = await recordsOf(router.sink, 4)
    expect(attempts.filter(x => x.provider === 'a').map(x => x.breaker)).toEqual(['closed', 'half_open'])
  })
})
