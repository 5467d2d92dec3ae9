import { describe, expect, it } from 'vitest'
import { createRng, createVirtualClock } from '../../src/core/index.ts'
import { defaultPolicySettings, noRoutingTables } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, openTestRouter, refusing, type Script } from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
/** So dear that no draw takes it first. */
const b = endpointOf({ provider: 'b', input: 1000, cacheRead: 100 })
const plain = endpointOf({ provider: 'a', input: 1 })
const inSession = (more: object = {}) => ask({ session_id: 's-1', ...more })

const strategyOf = (row: { readonly route_policy: string }) => row.route_policy.split('@')[0]

/** Answers by a list of scripts, one request each; the last one stays. */
function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
  let turn = 0
  return (...args) => (scripts[Math.min(turn++, scripts.length - 1)] ?? scripts[0])(...args)
}

describe('sticky routing', () => {
  it('keeps a conversation where it began, and others apart', async () => {
    const scripts = { a: inTurn(refusing(500), answering('A')), b: answering('B') }
    await using router = await openTestRouter([a, b], scripts)
    for (let turn = 0; turn < 3; turn++) await router.post(inSession())
    await router.post(ask({ session_id: 's-2', provider: { ignore: ['b'] } }))
    expect(router.calls.map(call => call.provider)).toEqual(['a', 'b', 'b', 'b', 'a'])
    expect(router.sink.requests.map(r => [r.sticky, r.sticky_key_source, strategyOf(r)])).toEqual([
      ['new', 'session_id', 'price-weighted'],
      ['kept', 'session_id', 'sticky'],
      ['kept', 'session_id', 'sticky'],
      ['new', 'session_id', 'price-weighted'],
    ])
  })

  it('takes the key from the header when the body has none', async () => {
    await using router = await openTestRouter([a], { a: answering('A') })
    await router.post(ask(), { 'x-session-id': 'h-1' })
    await router.post(inSession(), { 'x-session-id': 'h-1' })
    expect(router.sink.requests.map(r => [r.sticky, r.sticky_key_source, r.session_id])).toEqual([
      ['new', 'x-session-id', 'h-1'],
      ['new', 'session_id', 's-1'],
    ])
  })

  it('moves after a fault and stays where it went', async () => {
    const scripts = { a: inTurn(answering('A'), refusing(500), answering('A')), b: answering('B') }
    await using router = await openTestRouter([a, b], scripts)
    for (let turn = 0; turn < 3; turn++) await router.post(inSession())
    expect(router.sink.requests.map(r => [r.served_provider, r.sticky])).toEqual([
      ['a', 'new'],
      ['b', 'moved_fault'],
      ['b', 'kept'],
    ])
  })

  it('moves when the pinned endpoint is filtered out', async () => {
    await using router = await openTestRouter([a, b], { a: answering('A'), b: answering('B') })
    await router.post(inSession())
    await router.post(inSession({ provider: { ignore: ['a'] } }))
    expect(router.sink.requests[1]).toMatchObject({ served_provider: 'b', sticky: 'moved_policy' })
  })

  it('expires after idle time', async () => {
    const options = { settings: { policy: { ...defaultPolicySettings, stickyTtlMs: 0 } } }
    await using router = await openTestRouter([a], { a: answering('A') }, options)
    await router.post(inSession())
    await router.post(inSession())
    expect(router.sink.requests.map(r => r.sticky)).toEqual(['new', 'expired'])
  })

  it.each([
    ['order', a, { session_id: 's-1', provider: { order: ['a'] } }, 'session_id', 'off: provider.order'],
    [
      'sort',
      a,
      { session_id: 's-1', provider: { sort: 'price' } },
      'session_id',
      'off: provider.sort is price',
    ],
    [
      'a wish',
      a,
      { session_id: 's-1', provider: { sticky: false } },
      'session_id',
      'off: provider.sticky is false',
    ],
    [
      'cache reads that save nothing',
      plain,
      { session_id: 's-1' },
      'session_id',
      'not pinned at a/one: its cache reads are not cheaper than its input',
    ],
    [
      'no session and no cache used yet',
      a,
      {},
      'first_message',
      'not pinned at a/one: waits for the first use of a cache',
    ],
  ])('keeps nothing with %s, and says why', async (_name, endpoint, body, source, reason) => {
    await using router = await openTestRouter([endpoint], { a: answering('A') })
    await router.post(ask(body))
    await router.post(ask(body))
    const told = { sticky: 'none', sticky_key_source: source, sticky_reason: reason }
    expect(router.sink.requests).toMatchObject([told, told])
  })

  it('keeps a conversation within its order when the operator wants that', async () => {
    const settings = { policy: { ...defaultPolicySettings, stickyWithinOrder: true } }
    const scripts = { a: inTurn(refusing(500), answering('A')), b: answering('B') }
    await using router = await openTestRouter([a, b], scripts, { settings })
    for (let turn = 0; turn < 2; turn++) await router.post(inSession({ provider: { order: ['a', 'b'] } }))
    expect(router.sink.requests.map(r => [r.served_provider, r.sticky_reason])).toEqual([
      ['b', 'now pinned at b/one'],
      ['b', 'pinned at b/one'],
    ])
  })

  it('knows a conversation by its opening once a cache was used, whatever is said and marked later', async () => {
    const warm = answering('A', { prompt_tokens_details: { cached_tokens: 8 } })
    await using router = await openTestRouter([a], { a: inTurn(answering('A'), warm, answering('A')) })
    const first = [{ type: 'text', text: 'Say hello', cache_control: { type: 'ephemeral' } }]
    const system = { role: 'system', content: 'Be kind.' }
    const later = { role: 'assistant', content: 'Hello' }
    const messages = [
      [system, { role: 'user', content: 'Say hello' }],
      [system, { role: 'user', content: first }, later],
      [system, { role: 'user', content: 'Say hello' }, later],
      [{ ...system, content: 'Be brief.' }, { role: 'user', content: 'Say hello' }, later],
    ]
    for (const turn of messages) await router.post(ask({ messages: turn }))
    expect(router.sink.requests.map(r => [r.sticky, r.sticky_key_source])).toEqual([
      ['none', 'system+first_message'],
      ['new', 'system+first_message'],
      ['kept', 'system+first_message'],
      ['none', 'system+first_message'],
    ])
  })

  it('lets a pin live as long as a marked prompt is cached, when told to follow caches', async () => {
    const clock = createVirtualClock()
    const policy = { ...defaultPolicySettings, stickyTtl: 'cache' as const }
    await using router = await openTestRouter([a], { a: answering('A') }, { settings: { policy }, clock })
    const marked = inSession({ cache_control: { type: 'ephemeral', ttl: '1h' } })
    await router.post(marked)
    await clock.advanceMs(3_599_000)
    await router.post(marked)
    await clock.advanceMs(3_600_000)
    await router.post(inSession())
    expect(router.sink.requests.map(r => r.sticky)).toEqual(['new', 'kept', 'expired'])
  })

  it('goes on with the model of a pool that the conversation has used, while that may serve', async () => {
    const models = ['m0', 'm1', 'm2', 'm3', 'm4'].map(name =>
      endpointOf({ provider: 'a', model: `acme/${name}` }),
    )
    const pool = { id: 'mine', models: ['acme/*'], exclude: [], pick: 'random', size: 1 } as const
    const tables = { ...noRoutingTables, pools: [pool] }
    const options = { settings: { tables }, rng: createRng('pools') }
    await using router = await openTestRouter(models, { a: answering('A') }, options)
    const post = (session: string, more: object = {}) =>
      router.post(ask({ model: 'mine', session_id: session, ...more }))
    for (let turn = 0; turn < 6; turn++) await post('s-1')
    for (let turn = 0; turn < 6; turn++) await post('s-2', { provider: { sticky: false } })
    const served = router.sink.requests.map(r => r.served_model)
    expect(new Set(served.slice(0, 6)).size).toBe(1)
    expect(new Set(served.slice(6)).size).toBeGreaterThan(1)
  })

  it('says none when nobody answered', async () => {
    await using router = await openTestRouter([a], { a: inTurn(answering('A'), refusing(500)) })
    await router.post(inSession())
    await router.post(inSession())
    expect(router.sink.requests.map(r => [r.sticky, r.sticky_reason])).toEqual([
      ['new', 'now pinned at a/one'],
      ['none', 'no answer; the pin at a/one stays'],
    ])
  })

  it('chooses alike in routers that share nothing but the catalogue', async () => {
    const hosts = ['a', 'b', 'c'].map((provider, i) =>
      endpointOf({ provider, input: 1 + i / 10, cacheRead: 0.1 }),
    )
    const scripts = { a: answering('A'), b: answering('B'), c: answering('C') }
    const open = (seed: string) => openTestRouter(hosts, scripts, { rng: createRng(seed) })
    await using one = await open('one')
    await using other = await open('other')
    const bodies = Array.from({ length: 40 }, (_, i) => [
      ask({ session_id: `session ${i}` }),
      ask({ messages: [{ role: 'user', content: `Question ${i}` }] }),
    ]).flat()
    for (const body of bodies) await one.post(body)
    for (const body of bodies.toReversed()) await other.post(body)
    const servedBy = ({ sink }: typeof one) => sink.requests.map(r => r.served_provider)
    expect(servedBy(other).toReversed()).toEqual(servedBy(one))
    expect(new Set(servedBy(one))).toEqual(new Set(['a', 'b', 'c']))
  })
})
