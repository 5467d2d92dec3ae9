import { describe, expect, it } from 'vitest'
import { defaultPolicySettings } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, openTestRouter, refusing, type Script } from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
const b = endpointOf({ provider: 'b', input: 2, cacheRead: 0.2 })
const plain = endpointOf({ provider: 'a', input: 1 })
const inSession = (more: object = {}) => ask({ session_id: 's-1', ...more })

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
    expect(router.sink.requests.map(r => [r.sticky, r.sticky_key_source, r.route_policy])).toEqual([
      ['new', 'session_id', 'price-weighted@2'],
      ['kept', 'session_id', 'sticky@2'],
      ['kept', 'session_id', 'sticky@2'],
      ['new', 'session_id', 'price-weighted@2'],
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
    ['order', [a], inSession({ provider: { order: ['a'] } })],
    ['sort', [a], inSession({ provider: { sort: 'price' } })],
    ['cache reads that save nothing', [plain], inSession()],
    ['no session', [a], ask()],
  ])('is off with %s', async (_name, endpoints, body) => {
    await using router = await openTestRouter(endpoints, { a: answering('A') })
    await router.post(body)
    await router.post(body)
    expect(router.sink.requests.map(r => r.sticky)).toEqual(['none', 'none'])
  })

  it('says none when nobody answered', async () => {
    await using router = await openTestRouter([a], { a: inTurn(answering('A'), refusing(500)) })
    await router.post(inSession())
    await router.post(inSession())
    expect(router.sink.requests.map(r => r.sticky)).toEqual(['new', 'none'])
  })
})
