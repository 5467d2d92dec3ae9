import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { encodeAttempt, encodeRequest } from '../../src/record/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import type { MemorySink } from '../support/memory-sink.ts'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2, cacheRead: 0.1 })
const b = endpointOf({ provider: 'b', input: 3, output: 4 })
const requestId = '01234567-89ab-8cde-8f01-23456789abcd'

/** The laws of DESIGN invariant 2 that a router alone must keep. */
function checkConservation({ requests, attempts }: MemorySink): void {
  for (const request of requests) {
    const own = attempts.filter(x => x.request_id === request.request_id)
    const winners = own.filter(x => x.winner)
    const isUnknown = own.some(x => x.cost_usd === null)
    expect(request.attempts).toBe(own.length)
    expect(winners.length).toBeLessThanOrEqual(1)
    expect(request.outcome !== 'ok' || winners.length === 1).toBe(true)
    expect(request.cost_usd).toBe(isUnknown ? null : own.reduce((sum, x) => sum + (x.cost_usd ?? 0n), 0n))
    expect(request.cost_source === 'none').toBe(isUnknown)
    expect(request.input_tokens).toBe(winners[0]?.input_tokens ?? null)
    expect(request.output_tokens).toBe(winners[0]?.output_tokens ?? null)
    expect(request.latency_us).toBeGreaterThanOrEqual(request.upstream_us - 1)
  }
}

describe('records', () => {
  it('hold what the replayer said about the request', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello') })
    const response = await router.post(ask(), {
      'x-routebench-run-id': '20261120-170500-k3f9',
      'x-routebench-scenario': 'quickstart',
      'x-routebench-arm': 'base',
      'x-routebench-phase': 'measure',
      'x-routebench-request-id': requestId,
      'x-routebench-item-id': 'item-7',
      'x-routebench-turn': '3',
    })
    const { requests, attempts } = await recordsOf(router.sink)
    const common = {
      run_id: '20261120-170500-k3f9',
      scenario: 'quickstart',
      arm: 'base',
      phase: 'measure',
      request_id: requestId,
    }
    expect(requests[0]).toMatchObject({ ...common, item_id: 'item-7', turn: 3, vantage: 'router' })
    expect(attempts[0]).toMatchObject({ ...common, key_alias: 'test:a', upstream_id: 'up-1', attempt_no: 1 })
    expect(response.headers.get('x-routebench-request-id')).toBe(requestId)
  })

  it('hold the item id that the replayer has percent-encoded', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello') })
    const response = await router.post(ask(), { 'x-routebench-item-id': 'Gr%C3%BC%C3%9Fe%20%E4%BD%A0#2' })
    expect(response.status).toBe(200)
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ item_id: 'Grüße 你#2', outcome: 'ok' })
    expect(attempts[0]).toMatchObject({ outcome: 'ok' })
  })

  it('of live traffic carry a new id and the phase live', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello') })
    await router.post(ask(), { 'x-routebench-request-id': 'nonsense', 'x-routebench-phase': 'lunch' })
    const [record] = (await recordsOf(router.sink)).requests
    expect(record).toMatchObject({
      run_id: '',
      phase: 'live',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('price caching: what it cost, what it would have cost, and the difference', async () => {
    const cached = {
      prompt_tokens: 10_000,
      total_tokens: 10_005,
      prompt_tokens_details: { cached_tokens: 9_000 },
    }
    await using router = await openTestRouter([a], { a: answering('Hi', cached) })
    const body = await bodyOf(router.post(ask()))
    // 1000 × 1e-6 + 9000 × 1e-7 + 5 × 2e-6 USD
    expect(body.usage.cost).toBe(0.00191)
    const { requests, attempts } = await recordsOf(router.sink)
    const costs = {
      cost_source: 'local',
      cost_usd: 1_910_000_000n,
      cost_local_usd: 1_910_000_000n,
      cost_nocache_usd: 10_010_000_000n,
      cache_discount_usd: 8_100_000_000n,
      cache_read_tokens: 9_000,
      price_version: 'test@1',
    }
    expect(requests[0]).toMatchObject({ ...costs, wasted_usd: 0n })
    expect(attempts[0]).toMatchObject(costs)
    const generation = await bodyOf(router.get(`/api/v1/generation?id=${body.id}`))
    expect(generation.data).toMatchObject({
      cache_discount: 0.0081,
      total_cost: 0.00191,
      native_tokens_cached: 9_000,
    })
  })

  it('keep the cost a provider names beside the one computed here', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi', { cost: 0.5 }) })
    await router.post(ask())
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      cost_source: 'provider',
      cost_usd: 500_000_000_000n,
      cost_local_usd: 20_000_000n,
    })
  })

  it('conserve requests, tokens and money over good and bad traffic, and encode', async () => {
    let turn = 0
    const moody = [answering('Fine'), refusing(500), cutting, refusing(400), answering('Fine', { cost: 0.1 })]
    await using router = await openTestRouter([a, b], {
      a: (...args) => moody[turn++ % moody.length]?.(...args),
      b: answering('From b'),
    })
    const rounds = 15
    for (let i = 0; i < rounds; i++) {
      const body = ask({ stream: i % 2 === 0, provider: { order: ['a'] } })
      await (await router.post(body)).text()
    }
    await router.post({})
    await router.post(ask({ provider: { only: ['none'] } }))
    const sink = await recordsOf(router.sink, rounds + 2)
    checkConservation(sink)
    expect(new Set(sink.requests.map(r => r.outcome))).toEqual(new Set(['ok', 'error', 'truncated']))
    for (const record of sink.requests) JSON.parse(encodeRequest(record))
    for (const record of sink.attempts) JSON.parse(encodeAttempt(record))
    expect(router.defects).toEqual([])
  })

  it('show the same draws for the same items, in whatever order they come', async () => {
    const even = endpointOf({ provider: 'b', input: 1, output: 2 })
    const scripts = { a: answering('A'), b: answering('B') }
    async function servedBy(items: readonly string[]): Promise<Record<string, string>> {
      await using router = await openTestRouter([a, even], scripts, { rng: createRng('seed') })
      // Without its opening, which is the same for all and would draw for them.
      const body = ask({ provider: { sticky: false } })
      for (const item of items) await router.post(body, { 'x-routebench-item-id': item })
      return Object.fromEntries(router.sink.requests.map(r => [r.item_id, r.served_provider]))
    }
    const items = Array.from({ length: 12 }, (_, index) => `item-${index}`)
    const first = await servedBy(items)
    expect(await servedBy(items.toReversed())).toEqual(first)
    expect(new Set(Object.values(first))).toEqual(new Set(['a', 'b']))
  })
})

describe('openrouter_metadata', () => {
  it('is added on request, to answers, streams and errors', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(500), b: answering('Hi') })
    const header = { 'X-OpenRouter-Metadata': 'Enabled' }
    const { openrouter_metadata: told } = await bodyOf(router.post(ask(), header))
    expect(told).toMatchObject({
      requested: 'acme/one',
      strategy: 'direct',
      attempt: 2,
      endpoints: {
        total: 2,
        available: [
          { provider: 'A Cloud', model: 'acme/one', selected: false },
          { provider: 'B Cloud', model: 'acme/one', selected: true },
        ],
      },
      attempts: [
        { provider: 'A Cloud', status: 500 },
        { provider: 'B Cloud', status: 200 },
      ],
    })
    const byOldName = { 'X-OpenRouter-Experimental-Metadata': 'enabled' }
    expect(await bodyOf(router.post(ask(), byOldName))).toHaveProperty('openrouter_metadata.attempt')
    const { chunks } = await readEvents(await router.post(ask({ stream: true }), header))
    expect(chunks.at(-1)).toHaveProperty('openrouter_metadata.attempt')
    const refused = await bodyOf(router.post(ask({ provider: { only: ['none'] } }), header))
    expect(refused.openrouter_metadata).toMatchObject({ attempt: 0 })
    expect(await bodyOf(router.post(ask()))).not.toHaveProperty('openrouter_metadata')
  })
})
