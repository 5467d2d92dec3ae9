import { describe, expect, it } from 'vitest'
import type { CallerSettings, KeyDefinition } from '../../../src/router/keys/key-definition.ts'
import { hashKey } from '../../../src/router/keys/key-ring.ts'
import { createLedger } from '../../../src/router/keys/ledger.ts'
import { endpointOf } from '../../support/endpoint-of.ts'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  recordsOf,
  refusing,
  silent,
  type Script,
} from '../open-test-router.ts'
import { keyOf, usd } from './key-of.ts'

/** 10 USD per million tokens of input and of output, so 150 µUSD for each answer of 10 + 5 tokens. */
const paid = endpointOf({ provider: 'a', input: 10, output: 10 })
const free = endpointOf({ provider: 'a', model: 'acme/one:free', input: 0 })
const answerUsd = 0.000_15

const as = (name: string) => ({ authorization: `Bearer rb-${name}` })
const askFree = ask({ model: 'acme/one:free' })

/** A router with these keys in front of both models. */
function openWith(
  keys: readonly KeyDefinition[],
  { script = answering('Hello there'), ...more }: { script?: Script } & Partial<CallerSettings> = {},
) {
  const ledger = createLedger()
  const callers = { keys, credits: null, ...more }
  const options = { settings: { callers, maxAttempts: 1 }, ledger }
  return openTestRouter([paid, free], { a: script }, options).then(router => ({ ...router, ledger }))
}

describe('a router with keys', () => {
  it.each([
    ['without a key', {}, 'Missing Authentication header'],
    ['with an unknown key', as('nobody'), 'Invalid API key'],
    ['with a disabled key', as('off'), 'This API key is disabled'],
  ])('answers a request %s with 401, before it reads its body', async (_what, headers, message) => {
    await using router = await openWith([keyOf('team-a'), keyOf('off', { disabled: true })])
    const response = await router.post({ not: 'a chat' }, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(response.headers.get('x-generation-id')).toMatch(/^gen-/)
    expect((await bodyOf(response)).error).toMatchObject({
      code: 401,
      message,
      metadata: { error_type: 'authentication' },
    })
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'error',
      error_type: 'authentication',
      fault: 'client',
      http_status: 401,
      caller_key: '',
      attempts: 0,
      charged_usd: 0n,
    })
    expect(router.calls).toEqual([])
  })

  it('names the caller in its record, and shows key and header to no one', async () => {
    await using router = await openWith([keyOf('team-a')])
    const response = await router.post(ask(), as('team-a'))
    expect(response.status).toBe(200)
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ caller_key: 'team-a', charged_usd: usd(answerUsd) })
    const told = JSON.stringify([requests, attempts, router.calls, await response.json()], (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    expect(told).not.toContain('rb-team-a')
    expect(told).not.toContain(hashKey('rb-team-a'))
  })

  it('charges the markup of the key, to the pico-USD, and tells it in usage', async () => {
    await using router = await openWith([keyOf('team-a', { markupBasisPoints: 250 })])
    const body = await bodyOf(router.post(ask(), as('team-a')))
    expect(body.usage.cost).toBe(0.000_153_75)
    const { requests } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ cost_usd: usd(answerUsd), charged_usd: usd(0.000_153_75) })
    expect(router.ledger.total(hashKey('rb-team-a')).charged).toBe(usd(0.000_153_75))
  })

  it('keeps a management key from inference with 403', async () => {
    await using router = await openWith([keyOf('admin', { kind: 'management' })])
    const response = await router.post(ask(), as('admin'))
    expect(response.status).toBe(403)
    expect((await bodyOf(response)).error.metadata['error_type']).toBe('permission_denied')
  })

  it('answers with 402 when the budget is used up, and goes on serving other keys', async () => {
    const budget = { limit: usd(answerUsd * 2), reset: 'never' } as const
    await using router = await openWith([keyOf('team-a', { budget }), keyOf('team-b')])
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await router.post(ask(), as('team-a'))).status)
    expect(statuses).toEqual([200, 200, 402])
    const refused = await bodyOf(router.post(ask(), as('team-a')))
    expect(refused.error.message).toBe("Insufficient credits. The key's budget is used up")
    expect(refused.error.metadata['error_type']).toBe('payment_required')
    expect((await router.post(ask(), as('team-b'))).status).toBe(200)
  })

  it('answers with 402 when the account has a negative balance, also for free models', async () => {
    await using router = await openWith([keyOf('team-a')], { credits: usd(1) })
    const served = { model: 'acme/one', endpoint: 'a/one', provider: 'A', held: 0n }
    const tokens = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0 }
    router.ledger.settle({ atMs: 0, keyId: 'gone', charged: usd(1.01), ...served, ...tokens })
    expect((await router.post(askFree, as('team-a'))).status).toBe(402)
  })

  it('refuses what may cost more than is left before it asks a provider', async () => {
    const budget = { limit: usd(answerUsd), reset: 'daily' } as const
    await using router = await openWith([keyOf('team-a', { budget })])
    const response = await router.post(ask({ max_tokens: 1000 }), as('team-a'))
    expect(response.status).toBe(402)
    expect((await bodyOf(response)).error.message).toMatch(/^Insufficient credits\. .*max_tokens/)
    expect(router.calls).toEqual([])
    expect((await router.post(ask({ max_tokens: 5 }), as('team-a'))).status).toBe(200)
    expect(router.ledger.reserved()).toBe(0n)
  })

  it('keeps ten requests at once within a budget that two of them use up', async () => {
    const budget = { limit: usd(answerUsd * 2.5), reset: 'never' } as const
    await using router = await openWith([keyOf('team-a', { budget })])
    const asked = Array.from({ length: 10 }, () => router.post(ask({ max_tokens: 10 }), as('team-a')))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter(status => status === 200).length).toBeGreaterThan(0)
    expect(new Set(statuses)).toEqual(new Set([200, 402]))
    expect(router.ledger.total(hashKey('rb-team-a')).charged).toBeLessThanOrEqual(budget.limit)
  })

  it('sets every one of `n` answers aside, and refuses what the budget cannot bear', async () => {
    const budget = { limit: usd(answerUsd * 5), reset: 'never' } as const
    await using router = await openWith([keyOf('team-a', { budget })])
    const many = await router.post(ask({ max_tokens: 10, n: 128 }), as('team-a'))
    expect([many.status, router.calls.length]).toEqual([402, 0])
    expect((await router.post(ask({ max_tokens: 10, n: 2 }), as('team-a'))).status).toBe(200)
    expect((await router.post(ask({ n: 129 }), as('team-a'))).status).toBe(400)
  })

  it('holds a whole answer that its caller did not wait for, since it is made and billed to its end', async () => {
    await using router = await openWith([keyOf('team-a')], { script: silent })
    const asked = router.post(ask({ max_tokens: 500 }), as('team-a')).catch(() => undefined)
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    router.abort()
    await asked
    await recordsOf(router.sink)
    expect(router.ledger.total(hashKey('rb-team-a')).held).toBeGreaterThan(usd(0.005))
  })

  it('answers the 21st request to a free model in a minute with 429 and says when to come back', async () => {
    await using router = await openWith([keyOf('team-a'), keyOf('team-b')])
    const before = Date.now()
    for (let n = 0; n < 20; n++) {
      const served = await router.post(askFree, as(n % 2 === 0 ? 'team-a' : 'team-b'))
      expect(served.status).toBe(200)
      expect(served.headers.has('x-ratelimit-limit')).toBe(false)
    }
    const response = await router.post(askFree, as('team-a'))
    expect(response.status).toBe(429)
    expect(response.headers.get('x-ratelimit-limit')).toBe('20')
    expect(response.headers.get('x-ratelimit-remaining')).toBe('0')
    const resetMs = Number(response.headers.get('x-ratelimit-reset'))
    expect(resetMs - before).toBeGreaterThan(59_000)
    expect(resetMs - before).toBeLessThan(70_000)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50)
    const { error } = await bodyOf(response)
    expect(error).toMatchObject({
      message: 'Rate limit exceeded: free-models-per-min',
      metadata: { error_type: 'rate_limit_exceeded', headers: { 'X-RateLimit-Limit': '20' } },
    })
    expect((await router.post(ask(), as('team-a'))).status).toBe(200)
  })

  it('sends no X-RateLimit headers with a limit of a provider', async () => {
    await using router = await openWith([keyOf('team-a')], {
      script: refusing(429, { 'x-ratelimit-limit': '7', 'retry-after': '3' }),
    })
    const response = await router.post(ask(), as('team-a'))
    expect(response.status).toBe(429)
    expect(response.headers.has('x-ratelimit-limit')).toBe(false)
    expect((await bodyOf(response)).error.metadata['headers']).toBeUndefined()
  })

  it('charges nothing for a stream that broke off, and keeps what it cost unknown', async () => {
    await using router = await openWith([keyOf('team-a')], { script: cutting })
    await (await router.post(ask({ stream: true }), as('team-a'))).text()
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ cost_usd: null, charged_usd: 0n })
    expect(router.ledger.total(hashKey('rb-team-a'))).toEqual({ charged: 0n, held: 0n })
  })

  it('takes from the budget what a request that was walked away from cost at least', async () => {
    await using router = await openWith([keyOf('team-a')], { script: silent })
    const asked = router.post(ask(), as('team-a')).catch(() => undefined)
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    router.abort()
    await asked
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'canceled',
      charged_usd: null,
    })
    const { charged, held } = router.ledger.total(hashKey('rb-team-a'))
    expect(charged).toBe(0n)
    expect(held).toBeGreaterThan(0n)
  })

  it('does not serve models and providers that the key may not use', async () => {
    const rules = { models: ['other/*'], only: null, ignore: [], denyDataCollection: false }
    await using router = await openWith([
      keyOf('team-a', { rules: { ...rules, denyRetention: false, regions: null } }),
    ])
    const response = await router.post(ask(), as('team-a'))
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(router.calls).toEqual([])
    expect((await recordsOf(router.sink)).requests[0]?.decision).toContain('key_models')
  })

  it('tells about an answer only to the key that asked for it', async () => {
    await using router = await openWith([keyOf('team-a'), keyOf('team-b')])
    const { id } = await bodyOf(router.post(ask(), as('team-a')))
    const path = `/api/v1/generation?id=${id}`
    const statuses = [as('team-a'), as('team-b'), as('nobody'), {}].map(async headers => {
      const response = await router.get(path, headers)
      return response.status
    })
    expect(await Promise.all(statuses)).toEqual([200, 404, 401, 401])
  })

  it('never mixes up callers that ask at the same time', async () => {
    const names = ['team-a', 'team-b', 'team-c']
    await using router = await openWith(names.map(name => keyOf(name)))
    const asked = Array.from({ length: 30 }, async (_, n) => {
      const name = names[n % 3] ?? ''
      const response = await router.post(ask({ stream: n % 2 === 0 }), as(name))
      await response.text()
      return [response.headers.get('x-routebench-request-id'), name]
    })
    const expected = new Map(await Promise.all(asked).then(pairs => pairs.map(([id, name]) => [id, name])))
    const { requests } = await recordsOf(router.sink, 30)
    expect(new Map(requests.map(row => [row.request_id, row.caller_key]))).toEqual(expected)
  })

  it('tells a key what it has spent, and a management key what all have', async () => {
    const budget = { limit: usd(1), reset: 'weekly' } as const
    const admin = keyOf('admin', { kind: 'management' })
    await using router = await openWith([keyOf('team-a', { budget }), admin], { credits: usd(5) })
    await bodyOf(router.post(ask(), as('team-a')))
    await recordsOf(router.sink)
    expect((await bodyOf(router.get('/api/v1/key', as('team-a')))).data).toMatchObject({
      label: 'team-a',
      limit: 1,
      limit_remaining: 1 - answerUsd,
      limit_reset: 'weekly',
      usage: answerUsd,
      usage_weekly: answerUsd,
      is_free_tier: true,
    })
    expect((await router.get('/api/v1/credits', as('team-a'))).status).toBe(403)
    expect((await bodyOf(router.get('/api/v1/credits', as('admin')))).data).toEqual({
      total_credits: 5,
      total_usage: answerUsd,
    })
  })
})

describe('a router without keys', () => {
  it('asks for none and limits nothing', async () => {
    await using router = await openWith([], { credits: 0n })
    for (let n = 0; n < 25; n++) expect((await router.post(askFree)).status).toBe(200)
    expect((await router.post(ask(), { authorization: 'nonsense' })).status).toBe(200)
    const { requests } = await recordsOf(router.sink, 26)
    expect(new Set(requests.map(row => row.caller_key))).toEqual(new Set(['']))
    expect((await router.get('/api/v1/credits')).status).toBe(200)
  })
})
