import { describe, expect, it } from 'vitest'
import type { ServerResponse } from 'node:http'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf, type Script } from './open-test-router.ts'

const a = endpointOf({ provider: 'a' })
const b = endpointOf({ provider: 'b', input: 3 })
const turn = () => new Promise(resolve => setImmediate(resolve))

/** Answers when told to. */
function holding() {
  const held: (() => void)[] = []
  const script: Script = (response, request) => held.push(() => answering('Done')(response, request))
  return {
    script,
    held,
    /** Waits for so many requests. */
    until: async (count: number) => {
      while (held.length < count) await turn()
    },
  }
}

const queues = (maxConcurrent: number, maxWaiting: number, maxWaitMs = 5_000) => ({
  everyProvider: { maxConcurrent: null, maxWaiting: 0, maxWaitMs: 1 },
  providers: new Map([['a', { maxConcurrent, maxWaiting, maxWaitMs }]]),
})

describe('the queue of a provider', () => {
  it('makes requests wait for a place, and records how long', async () => {
    const host = holding()
    const settings = { queues: queues(1, 5) }
    await using router = await openTestRouter([a], { a: host.script }, { settings })
    const answers = [router.post(ask()), router.post(ask())]
    await host.until(1)
    const waitedFromMs = performance.now()
    while (performance.now() - waitedFromMs < 20) await turn()
    expect(host.held).toHaveLength(1)
    host.held[0]?.()
    await host.until(2)
    host.held[1]?.()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    const { attempts, requests } = await recordsOf(router.sink, 2)
    const waits = attempts.map(({ queue_us }) => queue_us)
    expect(Math.min(...waits)).toBe(0)
    const longest = Math.max(...waits)
    expect(longest).toBeGreaterThan(15_000)
    const waiter = requests.find(({ queue_us }) => queue_us === longest)
    // The wait is in the latency, and in nobody's time.
    expect(waiter?.latency_us).toBeGreaterThan(longest)
    expect(Number(waiter?.router_us)).toBeLessThan(longest)
    expect(Number(waiter?.router_us) + Number(waiter?.upstream_us) + longest).toBeLessThanOrEqual(
      Number(waiter?.latency_us) + 3,
    )
  })

  it('that is full sends a request on to the next endpoint, at once and without a call', async () => {
    const host = holding()
    const settings = { queues: queues(1, 0) }
    await using router = await openTestRouter([a, b], { a: host.script, b: answering('B') }, { settings })
    const first = router.post(ask())
    await host.until(1)
    const { provider } = await bodyOf(router.post(ask()))
    expect(provider).toBe('B Cloud')
    host.held[0]?.()
    await first
    const { attempts, requests } = await recordsOf(router.sink, 2)
    expect(attempts[0]).toMatchObject({
      endpoint: 'a/one',
      outcome: 'error',
      error_type: 'queue_full',
      fault: 'policy',
      http_status: 0,
      cost_usd: 0n,
      winner: false,
      queue_us: 0,
      latency_us: 0,
    })
    expect(attempts[1]).toMatchObject({ endpoint: 'b/one', kind: 'provider_fallback', outcome: 'ok' })
    expect(requests[0]).toMatchObject({ fallback: 'provider', fallback_cause: 'queue_full', outcome: 'ok' })
    expect(router.calls.map(({ provider: to }) => to)).toEqual(['a', 'b'])
    expect(attempts.filter(({ endpoint }) => endpoint === 'a/one')).toHaveLength(2)
  })

  it('that gives nobody a place in time sends on, too, and is told to the caller when it is the last', async () => {
    const host = holding()
    const settings = { queues: queues(1, 1, 30) }
    await using router = await openTestRouter([a], { a: host.script }, { settings })
    const first = router.post(ask())
    await host.until(1)
    const late = router.post(ask())
    const response = await late
    const { error } = await bodyOf(response)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(error).toMatchObject({
      code: 503,
      message: 'No place at the provider came free in time',
      metadata: { error_type: 'provider_overloaded', router_error_type: 'queue_timeout' },
      availability: { code: 'temporarily_unavailable', retryable: true, affected_providers: ['a'] },
    })
    host.held[0]?.()
    expect((await first).status).toBe(200)
    const { attempts } = await recordsOf(router.sink, 2)
    expect(attempts[0]).toMatchObject({ error_type: 'queue_timeout', fault: 'policy' })
    expect(attempts[0]?.queue_us).toBeGreaterThan(25_000)
  })

  it('is left by a caller that goes away, without a call and without a cost', async () => {
    const host = holding()
    const settings = { queues: queues(1, 5) }
    await using router = await openTestRouter([a], { a: host.script }, { settings })
    const { promise: gone, resolve: go } = Promise.withResolvers<void>()
    const leaver = new AbortController()
    const first = router.post(ask())
    await host.until(1)
    const second = fetch(`${router.url}/api/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask()),
      signal: leaver.signal,
    }).catch(() => go())
    for (let i = 0; i < 50; i++) await turn()
    leaver.abort()
    await Promise.all([second, gone])
    const { attempts, requests } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'canceled', fault: 'client', cost_usd: 0n })
    expect(attempts[0]).toMatchObject({ outcome: 'canceled', http_status: 0, cost_usd: 0n })
    // Its place in the line is free again.
    const third = router.post(ask())
    host.held[0]?.()
    await host.until(2)
    host.held[1]?.()
    expect([(await first).status, (await third).status]).toEqual([200, 200])
    expect(router.calls).toHaveLength(2)
  })

  it('ends a wait with the time of the request', async () => {
    const host = holding()
    await using router = await openTestRouter([a], { a: host.script }, { settings: { queues: queues(1, 5) } })
    const first = router.post(ask())
    await host.until(1)
    router.reload([a], { queues: queues(1, 5), requestTimeoutMs: 40 })
    expect((await router.post(ask())).status).toBe(504)
    host.held[0]?.()
    expect((await first).status).toBe(200)
    expect(router.calls).toHaveLength(1)
    const { attempts } = await recordsOf(router.sink, 2)
    expect(attempts[0]).toMatchObject({ error_type: 'timeout_request', deadline: 'request', cost_usd: 0n })
  })

  it('takes other limits at a reload, for those who wait as well', async () => {
    const host = holding()
    await using router = await openTestRouter([a], { a: host.script }, { settings: { queues: queues(1, 5) } })
    const answers = [router.post(ask()), router.post(ask()), router.post(ask())]
    await host.until(1)
    for (let i = 0; i < 20; i++) await turn()
    expect(host.held).toHaveLength(1)
    router.reload([a], { queues: queues(3, 5) })
    await host.until(3)
    for (const answer of host.held) answer()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  })
})

describe('a router with as many requests under way as it takes', () => {
  it('refuses more with 503, a wait and a record, and goes on answering everything else', async () => {
    const host = holding()
    const settings = { maxRequestsUnderWay: 2 }
    await using router = await openTestRouter([a], { a: host.script }, { settings })
    const answers = [router.post(ask()), router.post(ask())]
    await host.until(2)
    const refused = await router.post(ask({ stream: true }))
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await bodyOf(refused)).error).toMatchObject({
      code: 503,
      error_type: 'provider_overloaded',
      metadata: { router_error_type: 'router_overloaded' },
    })
    expect((await router.get('/readyz')).status).toBe(200)
    expect((await router.get('/api/v1/models')).status).toBe(200)
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'error',
      fault: 'router',
      error_type: 'router_overloaded',
      http_status: 503,
      attempts: 0,
      cost_usd: 0n,
    })
    for (const answer of host.held) answer()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    const after = router.post(ask())
    await host.until(3)
    host.held[2]?.()
    expect((await after).status).toBe(200)
  })

  it('has a place again when a caller goes away', async () => {
    const responses: ServerResponse[] = []
    const endless: Script = response => {
      responses.push(response)
      openStream(response)(chunkOf({ content: 'On and ' }))
    }
    const settings = { maxRequestsUnderWay: 1 }
    await using router = await openTestRouter([a], { a: endless }, { settings })
    const first = await router.post(ask({ stream: true }))
    expect(first.status).toBe(200)
    expect((await router.post(ask())).status).toBe(503)
    router.abort()
    await recordsOf(router.sink, 2)
    const again = await fetch(`${router.url}/api/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask({ stream: true })),
    })
    expect(again.status).toBe(200)
    await again.body?.cancel()
  })
})
