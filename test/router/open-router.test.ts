import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  silent,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2, cacheRead: 0.25 })

describe('openRouter', () => {
  it('says clearly when its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(openTestRouter([a], {}, { port })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      message: `port ${port} on 127.0.0.1 is in use`,
    })
    taken.close()
  })

  it('lets a running stream end before it closes, and takes no new requests', async () => {
    const steps: (() => void)[] = []
    const router = await openTestRouter([a], {
      a: response => {
        const write = openStream(response)
        write(chunkOf({ content: 'First ' }))
        steps.push(() => {
          write(chunkOf({ content: 'last' }, 'stop'))
          write(usageChunk(1, 1))
          response.end()
        })
      },
    })
    const response = await router.post(ask({ stream: true }))
    const closed = router.close()
    await expect(router.get('/healthz')).rejects.toThrow()
    steps[0]?.()
    expect(textOf((await readEvents(response)).chunks)).toBe('First last')
    await closed
    expect(router.sink.requests[0]?.outcome).toBe('ok')
  })

  it('cuts what has not ended within the bound, and still records it', async () => {
    const router = await openTestRouter([a], { a: silent }, { settings: { drainMs: 20 } })
    const answer = router.post(ask())
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    const refused = expect(answer).rejects.toThrow()
    await router.close()
    await refused
    expect(router.sink.requests[0]).toMatchObject({ outcome: 'canceled' })
    expect(router.sink.attempts).toHaveLength(1)
  })

  it('gives up a stream whose headers are late', async () => {
    const settings = { headersTimeoutMs: 30 }
    const slow = endpointOf({ provider: 'slow', input: 0.5 })
    await using router = await openTestRouter([slow, a], { slow: silent, a: answering('Hi') }, { settings })
    expect((await readEvents(await router.post(ask({ stream: true })))).isDone).toBe(true)
    expect(router.sink.attempts.map(attempt => attempt.error_type)).toEqual(['timeout_headers', ''])
  })

  it('cuts off a caller that does not read', async () => {
    const settings = { maxUnsentBytes: 100_000 }
    const flood = 'x'.repeat(1_000_000)
    await using router = await openTestRouter(
      [a],
      {
        a: response => {
          const write = openStream(response)
          for (let i = 0; i < 20; i++) write(chunkOf({ content: flood }))
        },
      },
      { settings },
    )
    const response = await router.post(ask({ stream: true }))
    // Nothing is read before the router has given up.
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'canceled' })
    await expect(response.text()).rejects.toThrow()
  })

  it('masks its own mistakes with 500, tells onDefect, and lives on', async () => {
    let isBroken = true
    await using router = await openTestRouter(
      [a],
      { a: answering('Hi') },
      {
        upstream: () => {
          if (isBroken) throw new Error('secret detail')
          return { baseUrl: 'http://127.0.0.1:9', keys: [{ alias: 'k', value: 'k' }] }
        },
      },
    )
    const response = await router.post(ask())
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toContain('secret detail')
    expect(router.defects).toHaveLength(1)
    isBroken = false
    expect((await router.post(ask())).status).toBe(502)
  })
})

describe('read routes', () => {
  it('list models and their endpoints with prices as decimal strings', async () => {
    await using router = await openTestRouter([a, endpointOf({ provider: 'b', input: 3 })], {})
    const models: { data: object[] } = JSON.parse(await (await router.get('/api/v1/models')).text())
    expect(models).toMatchObject({ total_count: 1, links: { next: null } })
    expect(models.data[0]).toMatchObject({
      id: 'acme/one',
      pricing: { prompt: '0.000001', completion: '0.000002', input_cache_read: '0.00000025' },
      supported_parameters: expect.arrayContaining(['tools']),
    })
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data).toMatchObject({
      id: 'acme/one',
      endpoints: [
        { provider_name: 'A Cloud', tag: 'a', quantization: 'fp8', status: 0 },
        { provider_name: 'B Cloud', tag: 'b' },
      ],
    })
  })

  it('tell about a generation with all its provider responses', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') })
    const { id } = await bodyOf(router.post(ask({ session_id: 's' })))
    const { data } = await bodyOf(router.get(`/api/v1/generation?id=${id}`))
    expect(data).toMatchObject({
      id,
      upstream_id: 'up-1',
      model: 'acme/one',
      provider_name: 'A Cloud',
      session_id: 's',
      streamed: false,
      cancelled: false,
      finish_reason: 'stop',
      tokens_prompt: 10,
      total_cost: 0.00002,
      cache_discount: 0,
      provider_responses: [{ endpoint_id: 'a/one', id: 'up-1', provider_name: 'A Cloud', status: 200 }],
    })
  })

  it('answer health, readiness and key', async () => {
    await using router = await openTestRouter([a], {})
    expect((await router.get('/healthz')).status).toBe(200)
    expect((await router.get('/readyz')).status).toBe(200)
    expect((await bodyOf(router.get('/api/v1/key'))).data).toMatchObject({ limit: null, is_free_tier: false })
  })
})
