import { describe, expect, it } from 'vitest'
import { defaultHealthSettings } from '../../src/health/index.ts'
import { localCaller } from '../../src/router/keys/key-ring.ts'
import { probeRefusal } from '../../src/router/probe.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { callerOf, keyOf } from './keys/key-of.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  silent,
  type TestRouter,
} from './open-test-router.ts'

const alpha = endpointOf({ provider: 'alpha', input: 1 })
const beta = endpointOf({ provider: 'beta', input: 2 })
const gamma = endpointOf({ provider: 'gamma', model: 'acme/two' })
const all = [alpha, beta, gamma]
const scripts = { alpha: answering('from alpha'), beta: answering('from beta') }
const of = (endpoint: string, more: Readonly<Record<string, string>> = {}) => ({
  'x-routebench-probe': endpoint,
  ...more,
})

interface StateBody {
  readonly endpoint_id: string
  readonly state: string
  readonly until: string | null
  readonly reason: string
  readonly last_attempt: Readonly<Record<string, unknown>> | null
}

async function statesOf(router: TestRouter, query = '', headers = {}): Promise<readonly StateBody[]> {
  const response = await router.get(`/api/v1/endpoints/states${query}`, headers)
  const { data }: { data: readonly StateBody[] } = JSON.parse(await response.text())
  return data
}

describe('a probe', () => {
  it('calls the endpoint that it names, whichever the policy would choose, and is marked in its rows', async () => {
    await using router = await openTestRouter(all, scripts)
    const response = await router.post(ask({ session_id: 'one' }), of('beta/one'))
    expect((await bodyOf(response)).choices[0]?.message.content).toBe('from beta')
    expect(router.calls.map(({ provider }) => provider)).toEqual(['beta'])
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests).toMatchObject([
      { phase: 'probe', served_endpoint: 'beta/one', fallback: 'none', sticky: 'none', charged_usd: 0n },
    ])
    expect(attempts).toMatchObject([{ phase: 'probe', kind: 'probe', endpoint: 'beta/one', winner: true }])
    expect(requests[0]?.cost_usd).toBeGreaterThan(0n)
  })

  it('pins nothing: the next request of the conversation goes where it would have gone', async () => {
    const cached = [alpha, endpointOf({ provider: 'beta', input: 2, cacheRead: 0.1 })]
    await using router = await openTestRouter(cached, scripts)
    await router.post(ask({ session_id: 'one' }), of('beta/one'))
    await router.post(ask({ session_id: 'one' }))
    expect(router.calls.map(({ provider }) => provider)).toEqual(['beta', 'alpha'])
  })

  it('has one attempt and no fallback, and tells how it failed', async () => {
    await using router = await openTestRouter(all, { ...scripts, beta: refusing(500) })
    const response = await router.post(ask({ models: ['acme/one', 'acme/two'] }), of('beta/one'))
    expect(response.status).toBe(502)
    expect(router.calls).toHaveLength(1)
    const { attempts } = await recordsOf(router.sink)
    expect(attempts).toMatchObject([{ kind: 'probe', outcome: 'error', fault: 'provider' }])
  })

  it.each([
    ['an endpoint that is not there', 'nowhere/one', /the endpoint nowhere\/one is not in the catalogue/],
    ['an endpoint of another model', 'gamma/two', /the endpoint gamma\/two serves acme\/two, not acme\/one/],
  ])('is refused for %s', async (_, endpoint, message) => {
    await using router = await openTestRouter(all, scripts)
    const response = await router.post(ask(), of(endpoint))
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toMatch(message)
    expect(router.calls).toEqual([])
    expect((await recordsOf(router.sink)).requests).toMatchObject([{ phase: 'probe', outcome: 'error' }])
  })

  it('keeps to the rules of the account', async () => {
    const account = {
      models: null,
      only: null,
      ignore: ['beta'],
      denyDataCollection: false,
      denyRetention: false,
      regions: null,
    }
    await using router = await openTestRouter(all, scripts, { settings: { account } })
    const response = await router.post(ask(), of('beta/one'))
    expect(response.status).toBe(404)
    expect((await bodyOf(response)).error.metadata['excluded']).toMatchObject([{ rule: 'key_providers' }])
  })

  it('leaves alone an endpoint that asked for it, and says until when', async () => {
    await using router = await openTestRouter(all, {
      ...scripts,
      beta: refusing(429, { 'retry-after': '30' }),
    })
    await router.post(ask(), of('beta/one'))
    const response = await router.post(ask(), of('beta/one'))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(25)
    expect((await bodyOf(response)).error.metadata).toMatchObject({ state: 'cooling', endpoint: 'beta/one' })
    expect(router.calls).toHaveLength(1)
    const { requests } = await recordsOf(router.sink, 2)
    expect(requests[1]).toMatchObject({ phase: 'probe', fault: 'policy', attempts: 0 })
  })

  it('gives a stuck endpoint up at its own deadline, which counts as a failure of the endpoint', async () => {
    const settings = {
      health: { ...defaultHealthSettings, breaker: { ...defaultHealthSettings.breaker, errorsInRow: 1 } },
    }
    await using router = await openTestRouter(all, { ...scripts, beta: silent }, { settings })
    const response = await router.post(
      ask({ stream: true }),
      of('beta/one', { 'x-routebench-probe-deadline-ms': '60' }),
    )
    await readEvents(response)
    const { attempts, states } = await recordsOf(router.sink)
    expect(attempts).toMatchObject([{ outcome: 'error', fault: 'provider', deadline: 'attempt' }])
    expect(states).toMatchObject([{ endpoint: 'beta/one', from_state: 'closed', to_state: 'open' }])
  })

  it('opens and closes the breaker of an endpoint that nobody else calls, each change in a row', async () => {
    const breaker = { ...defaultHealthSettings.breaker, errorsInRow: 2, openMs: 30 }
    let isUp = false
    await using router = await openTestRouter(
      all,
      { beta: (response, request) => (isUp ? answering('back') : refusing(503))(response, request) },
      { settings: { health: { ...defaultHealthSettings, breaker } } },
    )
    await router.post(ask(), of('beta/one'))
    await router.post(ask(), of('beta/one'))
    expect((await router.post(ask(), of('beta/one'))).status).toBe(503)
    expect(router.calls).toHaveLength(2)
    isUp = true
    await expect
      .poll(async () => (await router.post(ask(), of('beta/one'))).status, { interval: 10, timeout: 2_000 })
      .toBe(200)
    await recordsOf(router.sink, 4)
    const changes = router.sink.states.map(row => `${row.from_state} → ${row.to_state}: ${row.reason}`)
    expect(changes).toEqual([
      'closed → open: 2 errors in a row',
      'open → half_open: after 30 ms the next request may try it',
      'half_open → closed: it answered',
    ])
    expect(router.calls.every(({ provider }) => provider === 'beta')).toBe(true)
  })
})

describe('probes at a router with keys', () => {
  const keys = [
    keyOf('team', { requestsPerMinute: 1, budget: { limit: 1n, reset: 'never' } }),
    keyOf('admin', { kind: 'management' }),
  ]
  const settings = { callers: { keys, credits: 1n } }
  const as = (name: string) => ({ authorization: `Bearer rb-${name}` })

  it('need a management key, also from this machine, and count against no budget, credit or limit', async () => {
    await using router = await openTestRouter(all, scripts, { settings })
    const refused = await router.post(ask(), { ...of('beta/one'), ...as('team') })
    expect(refused.status).toBe(403)
    expect((await bodyOf(refused)).error.message).toMatch(/probes need a management key/)
    expect((await router.post(ask(), of('beta/one'))).status).toBe(401)
    expect(router.calls).toEqual([])
    for (let time = 0; time < 3; time++) {
      expect((await router.post(ask(), { ...of('beta/one'), ...as('admin') })).status).toBe(200)
    }
    const credits = await bodyOf(router.get('/api/v1/credits', as('admin')))
    expect(credits.data['total_usage']).toBe(0)
    // Of one pico-USD of budget nothing is gone.
    expect((await router.post(ask(), as('team'))).status).toBe(200)
  })

  it('are known to no generation', async () => {
    await using router = await openTestRouter(all, scripts, { settings })
    const answer = await bodyOf(router.post(ask(), { ...of('beta/one'), ...as('admin') }))
    expect((await router.get(`/api/v1/generation?id=${answer.id}`, as('admin'))).status).toBe(404)
  })

  it('are how states are read: with any key, and not without', async () => {
    await using router = await openTestRouter(all, scripts, { settings })
    expect((await router.get('/api/v1/endpoints/states')).status).toBe(401)
    expect(await statesOf(router, '', as('team'))).toHaveLength(3)
  })
})

describe('probeRefusal', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.168.0.5', false],
    ['::ffff:10.0.0.1', false],
    ['2001:db8::1', false],
    ['', false],
  ])('lets a caller without keys probe from %s: %s', (address, mayProbe) => {
    expect(probeRefusal(localCaller, address) === null).toBe(mayProbe)
  })

  it('lets a management key probe from anywhere, and no other key from here', () => {
    const admin = callerOf(keyOf('admin', { kind: 'management' }))
    expect(probeRefusal(admin, '192.168.0.5')).toBeNull()
    expect(probeRefusal(callerOf(keyOf('team')), '127.0.0.1')?.status).toBe(403)
  })
})

describe('GET /endpoints/states', () => {
  it('knows nothing of an idle endpoint until it is probed, and then its state and latency', async () => {
    await using router = await openTestRouter(all, scripts)
    const before = await statesOf(router)
    expect(before.map(({ endpoint_id, state, last_attempt }) => [endpoint_id, state, last_attempt])).toEqual([
      ['alpha/one', 'unknown', null],
      ['beta/one', 'unknown', null],
      ['gamma/two', 'unknown', null],
    ])
    await readEvents(await router.post(ask({ stream: true }), of('beta/one')))
    await recordsOf(router.sink)
    const [beta1] = await statesOf(router, '?endpoint=beta/one')
    expect(beta1).toMatchObject({
      endpoint_id: 'beta/one',
      state: 'closed',
      until: null,
      reason: '',
      last_attempt: { kind: 'probe', outcome: 'ok', error_type: '' },
    })
    expect(beta1?.last_attempt?.['ttft_ms']).toBeGreaterThan(0)
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data['endpoints']).toMatchObject([
      { endpoint_id: 'alpha/one', latency_last_30m: null },
      { endpoint_id: 'beta/one', status: 0, latency_last_30m: { p50: expect.any(Number) } },
    ])
  })

  it('says since when, until when and why an endpoint is left alone', async () => {
    await using router = await openTestRouter(all, {
      alpha: refusing(429, { 'retry-after': '60' }),
      beta: scripts.beta,
    })
    await router.post(ask())
    await recordsOf(router.sink)
    const [alpha1] = await statesOf(router, '?endpoint=alpha/one')
    expect(alpha1).toMatchObject({ state: 'cooling', last_attempt: { kind: 'traffic', outcome: 'error' } })
    expect(alpha1?.reason).not.toBe('')
    expect(Date.parse(alpha1?.until ?? '') - Date.now()).toBeGreaterThan(50_000)
  })

  it('begins anew with health when its settings are exchanged', async () => {
    await using router = await openTestRouter(all, {
      ...scripts,
      alpha: refusing(429, { 'retry-after': '60' }),
    })
    await router.post(ask())
    router.reload(all, { health: { ...defaultHealthSettings, maxCoolDownMs: 1_000 } })
    const [alpha1] = await statesOf(router, '?endpoint=alpha/one')
    expect(alpha1).toMatchObject({ state: 'closed' })
    expect(router.sink.states.map(row => `${row.to_state}: ${row.reason}`).at(-1)).toBe(
      'closed: health began anew',
    )
  })

  it('refuses a query that it does not know', async () => {
    await using router = await openTestRouter(all, scripts)
    expect((await router.get('/api/v1/endpoints/states?model=acme/one')).status).toBe(400)
  })
})
