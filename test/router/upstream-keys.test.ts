import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  type Script,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const first = { alias: 'A_KEY', value: 'sk-first' }
const second = { alias: 'A_KEY_2', value: 'sk-second' }
const keys = { a: [first, second] }

/** Another script for one of the keys. */
const forKey =
  (key: { readonly value: string }, script: Script): Script =>
  (response, request) =>
    (request.headers.authorization === `Bearer ${key.value}` ? script : answering('Served'))(
      response,
      request,
    )

/** A request of a conversation that goes to a key first. */
async function sessionAt(alias: string): Promise<string> {
  await using router = await openTestRouter([a], { a: answering('x') }, { keys })
  for (let n = 0; ; n++) {
    await router.post(ask({ session_id: `s${n}` }))
    if ((await recordsOf(router.sink, n + 1)).attempts[n]?.key_alias === alias) return `s${n}`
  }
}

describe('several keys of a provider', () => {
  it.each([401, 402, 403, 429].flatMap(status => [true, false].map(stream => ({ status, stream }))))(
    'go to the next key after $status (stream: $stream), unseen and without a wait',
    async ({ status, stream }) => {
      const session = await sessionAt('A_KEY')
      const scripts = { a: forKey(first, refusing(status)), b: answering('No') }
      await using router = await openTestRouter([a, b], scripts, { keys })
      const response = await router.post(ask({ session_id: session, stream }))
      expect(response.headers.get('x-routebench-attempts')).toBe('2')
      const text = stream
        ? textOf((await readEvents(response)).chunks)
        : (await bodyOf(response)).choices[0]?.message.content
      expect(text).toBe('Served')
      const { attempts, requests } = await recordsOf(router.sink)
      expect(attempts.map(x => [x.key_alias, x.kind, x.http_status, x.backoff_us, x.winner])).toEqual([
        ['A_KEY', 'primary', status, 0, false],
        ['A_KEY_2', 'retry', 200, 0, true],
      ])
      expect(requests[0]).toMatchObject({ outcome: 'ok', fallback: 'none', served_provider: 'a' })
      expect(
        JSON.stringify(router.sink, (_, x: unknown) => (typeof x === 'bigint' ? `${x}` : x)),
      ).not.toContain('sk-')
    },
  )

  it('leave a refused key alone from then on, and the endpoint at work', async () => {
    const session = await sessionAt('A_KEY')
    const scripts = { a: forKey(first, refusing(401)), b: answering('No') }
    await using router = await openTestRouter([a, b], scripts, { keys })
    for (let n = 0; n < 3; n++) await (await router.post(ask({ session_id: session }))).text()
    const { attempts } = await recordsOf(router.sink, 3)
    expect(attempts.map(x => x.key_alias)).toEqual(['A_KEY', 'A_KEY_2', 'A_KEY_2', 'A_KEY_2'])
    expect(attempts.every(x => x.breaker === 'closed')).toBe(true)
  })

  it('use a key again when its rest is over', async () => {
    const session = await sessionAt('A_KEY')
    let calls = 0
    const once: Script = (...args) =>
      (calls++ === 0 ? refusing(429, { 'retry-after-ms': '40' }) : answering('x'))(...args)
    await using router = await openTestRouter([a], { a: forKey(first, once) }, { keys })
    const aliases = async (count: number) => {
      await (await router.post(ask({ session_id: session }))).text()
      return (await recordsOf(router.sink, count)).attempts.map(x => x.key_alias)
    }
    expect(await aliases(1)).toEqual(['A_KEY', 'A_KEY_2'])
    expect((await aliases(2)).slice(2)).toEqual(['A_KEY_2'])
    await expect.poll(async () => (await aliases(router.sink.requests.length + 1)).at(-1)).toBe('A_KEY')
  })

  it('go to the next provider when every key was refused, and later at once', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(401), b: answering('B') }, { keys })
    const texts = [await bodyOf(router.post(ask())), await bodyOf(router.post(ask()))]
    expect(texts.map(body => body.choices[0]?.message.content)).toEqual(['B', 'B'])
    const { attempts } = await recordsOf(router.sink, 2)
    expect(attempts.map(x => [x.provider, x.kind])).toEqual([
      ['a', 'primary'],
      ['a', 'retry'],
      ['b', 'provider_fallback'],
      ['b', 'primary'],
    ])
  })

  it('do not help where the request or the endpoint is at fault', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(500), b: answering('B') }, { keys })
    await (await router.post(ask())).text()
    expect(router.calls.map(call => call.provider)).toEqual(['a', 'b'])
  })

  it('keep a conversation at one key, and share many conversations out', async () => {
    await using router = await openTestRouter([a], { a: answering('x') }, { keys })
    for (let n = 0; n < 40; n++) await (await router.post(ask({ session_id: `c${n % 20}` }))).text()
    const { attempts } = await recordsOf(router.sink, 40)
    const aliases = attempts.map(x => x.key_alias)
    expect(aliases.slice(20)).toEqual(aliases.slice(0, 20))
    expect(new Set(aliases).size).toBe(2)
  })
})
