import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { keyOf } from './keys/key-of.ts'
import { answering, ask, bodyOf, openTestRouter, refusing } from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2, cacheRead: 0.25 })
const keeping = { dataPolicy: { trains: false, retains: true } }
const b = endpointOf({ provider: 'b', input: 3, more: keeping })
const two = endpointOf({ provider: 'a', model: 'acme/two' })
const three = endpointOf({ provider: 'a', model: 'zeta/three' })
const app = { authorization: 'Bearer rb-app' }
const withKeys = { settings: { callers: { keys: [keyOf('app'), keyOf('other')], credits: null } } }

describe('the routes of the API', () => {
  it.each(['/api/v1', '/v1', '/api/v1/'])('are there with the base path %s', async base => {
    await using router = await openTestRouter([a], {})
    expect(
      (await router.get(`${base.replace(/\/$/, '')}/models${base.endsWith('/') ? '/' : ''}`)).status,
    ).toBe(200)
  })

  it.each([
    ['PUT', '/api/v1/chat/completions', 'POST'],
    ['GET', '/api/v1/completions', 'POST'],
    ['POST', '/api/v1/models', 'GET, HEAD'],
    ['DELETE', '/api/v1/generation', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('refuse %s %s with 405 and say what is allowed', async (method, path, allow) => {
    await using router = await openTestRouter([a], {})
    const response = await fetch(`${router.url}${path}`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
    expect((await bodyOf(response)).error).toMatchObject({ code: 405, error_type: 'invalid_request' })
  })

  it.each([
    ['POST', '/api/v1/embeddings'],
    ['GET', '/api/v1/models/acme'],
    ['GET', '/api/v2/models'],
    ['GET', '/'],
    ['GET', '/api/v1/constructor'],
  ])('answer %s %s with 404', async (method, path) => {
    await using router = await openTestRouter([a], {})
    const response = await fetch(`${router.url}${path}`, { method })
    expect(response.status).toBe(404)
    expect((await bodyOf(response)).error).toMatchObject({ code: 404, error_type: 'not_found' })
  })

  it('answer HEAD as GET without a body', async () => {
    await using router = await openTestRouter([a], {})
    const response = await fetch(`${router.url}/api/v1/models`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100)
    expect(await response.text()).toBe('')
  })

  it('name the generation on every answer to inference, errors too, and on no read', async () => {
    await using router = await openTestRouter([a], { a: refusing(500) })
    for (const body of [ask(), {}]) {
      const response = await router.post(body)
      expect(response.headers.get('x-generation-id')).toMatch(/^gen-\d+-[0-9a-f]{20}$/)
      expect(response.headers.get('x-routebench-request-id')).not.toBeNull()
      expect(response.headers.get('x-routebench-attempts')).not.toBeNull()
    }
    expect((await router.get('/api/v1/models')).headers.get('x-generation-id')).toBeNull()
  })
})

describe('GET /models', () => {
  it('pages through the list by links', async () => {
    await using router = await openTestRouter([a, two, three], {})
    const seen: string[] = []
    let path: string | null = '/v1/models?limit=2&sort=context-high-to-low'
    while (path !== null) {
      const text = await (await router.get(path)).text()
      const page: { data: { id: string }[]; total_count: number; links: { next: string | null } } =
        JSON.parse(text)
      expect(page.total_count).toBe(3)
      seen.push(...page.data.map(({ id }) => id))
      path = page.links.next
    }
    expect(seen).toEqual(['acme/one', 'acme/two', 'zeta/three'])
  })

  it('filters, and counts what it would list', async () => {
    await using router = await openTestRouter([a, two, three], {})
    expect((await bodyOf(router.get('/api/v1/models?model_authors=acme'))).data).toMatchObject([
      { id: 'acme/one' },
      { id: 'acme/two' },
    ])
    const counted = await bodyOf(router.get('/api/v1/models/count?model_authors=acme'))
    expect(counted.data).toEqual({ count: 2 })
  })

  it.each(['models', 'models/count'])('refuses a query of /%s that it cannot answer', async path => {
    await using router = await openTestRouter([a], {})
    const response = await router.get(`/api/v1/${path}?sort=top-weekly`)
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toMatch(/^sort: /)
  })
})

describe('GET /model', () => {
  it('tells of one model, also of one behind an alias', async () => {
    const tables = { pools: [], aliases: new Map([['~acme/latest', 'acme/two']]), rules: [] }
    await using router = await openTestRouter([a, two], {}, { settings: { tables } })
    const read = async (name: string) => (await bodyOf(router.get(`/api/v1/model/${name}`))).data
    expect(await read('acme/one')).toMatchObject({ id: 'acme/one', canonical_slug: 'acme/one' })
    expect(await read('acme/one:nitro')).toMatchObject({ id: 'acme/one' })
    expect(await read('~acme/latest')).toMatchObject({
      id: '~acme/latest',
      canonical_slug: 'acme/two',
      alias_target: { slug: 'acme/two' },
    })
  })

  it.each(['model/acme/none', 'models/acme/none/endpoints', 'model/acme/%zz'])(
    'answers /%s with 404',
    async path => {
      await using router = await openTestRouter([a], {})
      const response = await router.get(`/api/v1/${path}`)
      expect(response.status).toBe(404)
      expect((await bodyOf(response)).error.message).toMatch(/^Model acme\/.* not found$/)
    },
  )
})

describe('GET /models/…/endpoints', () => {
  it('tells what was measured, once there is something', async () => {
    await using router = await openTestRouter([a, b], { a: answering('Hi') })
    await (await router.post(ask({ stream: true, provider: { only: ['a'] } }))).text()
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data).toMatchObject({
      endpoints: [
        {
          tag: 'a',
          status: 0,
          // Null below 100 requests.
          uptime_last_30m: null,
          latency_last_30m: { p50: expect.any(Number), p99: expect.any(Number) },
          throughput_last_30m: { p50: expect.any(Number) },
          perf_last_30m_by_workload: { text_generation: { request_count: 1 } },
        },
        { tag: 'b', latency_last_30m: null, throughput_last_30m: null },
      ],
    })
  })

  it('counts a stream that broke off against the endpoint', async () => {
    const failing = { a: refusing(500) }
    await using router = await openTestRouter([a], failing)
    await router.post(ask())
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data).toMatchObject({ endpoints: [{ status: -1 }] })
  })

  it('hides measurements from those who show no key', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') }, withKeys)
    await (await router.post(ask({ stream: true }), app)).text()
    const path = `${router.url}/api/v1/models/acme/one/endpoints`
    const shown = await bodyOf(fetch(path, { headers: app }))
    expect(shown.data).toMatchObject({ endpoints: [{ latency_last_30m: { p50: expect.any(Number) } }] })
    const hidden = await bodyOf(fetch(path))
    expect(hidden.data).toMatchObject({
      endpoints: [
        { latency_last_30m: null, perf_last_30m_by_workload: { text_generation: { latency: null } } },
      ],
    })
  })

  it('says -10 of an endpoint that the router has no key for', async () => {
    const upstream = () => ({ baseUrl: 'http://127.0.0.1:9', keys: [] })
    await using router = await openTestRouter([a], {}, { upstream })
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data).toMatchObject({ endpoints: [{ status: -10 }] })
  })
})

describe('GET /endpoints/zdr and /providers', () => {
  it('list what keeps nothing, and every host', async () => {
    await using router = await openTestRouter([a, b], {})
    expect((await bodyOf(router.get('/api/v1/endpoints/zdr'))).data).toMatchObject([
      { model_id: 'acme/one', tag: 'a' },
    ])
    expect((await bodyOf(router.get('/api/v1/providers'))).data).toMatchObject([
      { name: 'A Cloud', slug: 'a', headquarters: 'US', datacenters: null, privacy_policy_url: null },
      { name: 'B Cloud', slug: 'b' },
    ])
  })
})

describe('GET /generation', () => {
  it('tells everything that it knows, at once', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(503), b: answering('Hi') })
    const headers = { 'http-referer': 'https://app.test', 'user-agent': 'tests/1' }
    const { id } = await bodyOf(router.post(ask({ session_id: 's', user: 'u-1' }), headers))
    const { data } = await bodyOf(router.get(`/api/v1/generation?id=${id}`))
    expect(data).toMatchObject({
      id,
      upstream_id: 'up-1',
      provider_name: 'B Cloud',
      origin: 'https://app.test',
      http_referer: 'https://app.test',
      user_agent: 'tests/1',
      external_user: 'u-1',
      session_id: 's',
      cancelled: false,
      native_tokens_cached: 0,
      cost_is_known: true,
      cache_discount: null,
      app_id: null,
      provider_responses: [
        { endpoint_id: 'a/one', status: 503 },
        { endpoint_id: 'b/one', status: 200, id: 'up-1' },
      ],
    })
  })

  it.each(['generation', 'generation/content'])(
    '/%s refuses a missing id (400) and an unknown one (404)',
    async path => {
      await using router = await openTestRouter([a], {})
      expect((await router.get(`/api/v1/${path}`)).status).toBe(400)
      expect((await router.get(`/api/v1/${path}?id=gen-1-x`)).status).toBe(404)
    },
  )

  it('has no content to show, and says why', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') })
    const { id } = await bodyOf(router.post(ask()))
    const response = await router.get(`/api/v1/generation/content?id=${id}`)
    expect(response.status).toBe(404)
    expect((await bodyOf(response)).error.message).toContain('logging of inputs and outputs is off')
  })

  it('tells a caller of its own answers only', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') }, withKeys)
    const { id } = await bodyOf(router.post(ask(), app))
    const path = `${router.url}/api/v1/generation?id=${id}`
    expect((await fetch(path, { headers: app })).status).toBe(200)
    expect((await fetch(path, { headers: { authorization: 'Bearer rb-other' } })).status).toBe(404)
    const unknown = await fetch(path)
    expect(unknown.status).toBe(401)
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('GET /activity', () => {
  it.each([
    ['date=2020-01-01', 'date: '],
    ['user_id=u', 'user_id: not supported'],
    ['group_by=workspace', 'group_by: not supported'],
  ])('refuses %s and names the parameter', async (query, problem) => {
    await using router = await openTestRouter([a], {})
    const response = await router.get(`/api/v1/activity?${query}`)
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toContain(problem)
  })
})
