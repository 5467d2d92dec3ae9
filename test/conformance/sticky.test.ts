import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/core/index.ts'
import { answering, ask, openTestRouter, refusing, type Script } from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { inTurn } from './scripts.ts'

const a = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
/** So dear that no draw takes it first. */
const b = endpointOf({ provider: 'b', input: 1000, cacheRead: 100 })
const warm = (text: string) => answering(text, { prompt_tokens_details: { cached_tokens: 8 } })
const minuteMs = 60_000

/** A router whose `a` fails the first time, so that a conversation begins at the dear `b`. */
async function openRouter(script: Script = answering('B'), endpoints = [a, b]) {
  const clock = createVirtualClock()
  const scripts = { a: inTurn(refusing(500), answering('A')), b: script }
  const router = await openTestRouter(endpoints, scripts, { clock })
  const served = () => router.sink.requests.map(record => record.served_provider)
  return { ...router, clock, served }
}

const system = { role: 'system', content: 'Be kind.' }
const user = { role: 'user', content: 'Say hello' }
const said = { role: 'assistant', content: 'Hello' }
const header = { 'x-session-id': 'header' }

describe('10. sticky routing', () => {
  it.each([
    ['session_id', { session_id: 'body', prompt_cache_key: 'cache' }, header],
    ['x-session-id', { prompt_cache_key: 'cache' }, header],
    ['prompt_cache_key', { prompt_cache_key: 'cache' }, {}],
    ['system+first_message', { messages: [system, user] }, {}],
    ['first_message', { messages: [user] }, {}],
  ])('knows a conversation by %s before what comes later', async (source, body, headers) => {
    await using router = await openRouter(warm('B'))
    await router.post(ask(body), headers)
    // Past the outage of a, which would otherwise be last anyhow.
    await router.clock.advanceMs(minuteMs)
    const { messages = [user] } = 'messages' in body ? body : {}
    await router.post(
      ask({ ...body, messages: [...messages, said, { ...user, content: 'And then?' }] }),
      headers,
    )
    expect(router.sink.requests).toMatchObject([
      { sticky_key_source: source, sticky: 'new', served_provider: 'b' },
      { sticky_key_source: source, sticky: 'kept', served_provider: 'b' },
    ])
  })

  it.each([
    ['a session begins with any answer', { session_id: 's' }, answering('B'), ['b', 'b']],
    ['an opening waits for the use of a cache', {}, answering('B'), ['b', 'a']],
    ['an opening begins with the use of a cache', {}, warm('B'), ['b', 'b']],
  ])('%s', async (_name, body, script, providers) => {
    await using router = await openRouter(script)
    await router.post(ask(body))
    await router.clock.advanceMs(minuteMs)
    await router.post(ask(body))
    expect(router.served()).toEqual(providers)
  })

  it('ends after 10 idle minutes, which each success begins anew', async () => {
    await using router = await openRouter()
    for (const minutes of [0, 9, 9, 10]) {
      await router.clock.advanceMs(minutes * minuteMs)
      await router.post(ask({ session_id: 's' }))
    }
    expect(router.sink.requests.map(({ sticky }) => sticky)).toEqual(['new', 'kept', 'kept', 'expired'])
    expect(router.served()).toEqual(['b', 'b', 'b', 'a'])
  })

  it('does not begin anew with an error', async () => {
    const scripts = inTurn(answering('B'), refusing(400), answering('B'))
    await using router = await openRouter(scripts)
    for (const minutes of [0, 6, 6]) {
      await router.clock.advanceMs(minutes * minuteMs)
      await router.post(ask({ session_id: 's' }))
    }
    expect(router.sink.requests.map(({ sticky, outcome }) => [sticky, outcome])).toEqual([
      ['new', 'ok'],
      ['none', 'error'],
      ['expired', 'ok'],
    ])
  })

  it.each([
    ['order', { provider: { order: ['a', 'b'] } }, b],
    [
      'a cache read that costs what input costs',
      {},
      endpointOf({ provider: 'b', input: 1000, cacheRead: 1000 }),
    ],
    ['no price of cache reads', {}, endpointOf({ provider: 'b', input: 1000 })],
  ])('is off with %s', async (_name, more, pinned) => {
    await using router = await openRouter(warm('B'), [a, pinned])
    await router.post(ask({ session_id: 's', ...more }))
    await router.clock.advanceMs(minuteMs)
    await router.post(ask({ session_id: 's', ...more }))
    expect(router.sink.requests).toMatchObject([
      { sticky: 'none', served_provider: 'b', sticky_reason: expect.stringMatching(/./) },
      { served_provider: 'a' },
    ])
  })
})
