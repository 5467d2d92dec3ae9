import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, bodyOf, openTestRouter, readEvents, silent } from './open-test-router.ts'

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

  it('gives up a stream whose headers are late', async () => {
    const settings = { headersTimeoutMs: 30 }
    const slow = endpointOf({ provider: 'slow', input: 0.5 })
    await using router = await openTestRouter([slow, a], { slow: silent, a: answering('Hi') }, { settings })
    expect((await readEvents(await router.post(ask({ stream: true })))).isDone).toBe(true)
    expect(router.sink.attempts.map(attempt => attempt.error_type)).toEqual(['timeout_headers', ''])
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
