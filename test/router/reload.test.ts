import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { noAccessRules } from '../../src/policy/index.ts'
import { hashKey } from '../../src/router/keys/key-ring.ts'
import { defaultRouterSettings } from '../../src/router/settings.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  refusing,
  textOf,
  type TestRouter,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
const b = endpointOf({ provider: 'b', input: 2, cacheRead: 0.1 })
const c = endpointOf({ provider: 'c', input: 3, cacheRead: 0.1 })
const scripts = { a: answering('A'), b: answering('B'), c: answering('C') }

async function servedBy(router: TestRouter, more: object = {}): Promise<string> {
  return (await bodyOf(router.post(ask(more)))).provider
}

async function calledTimes(router: TestRouter, times: number): Promise<void> {
  while (router.calls.length < times) await new Promise(resolve => setImmediate(resolve))
}

describe('Router.reload', () => {
  it('shows new requests the new definition', async () => {
    await using router = await openTestRouter([a, b], scripts)
    expect(await servedBy(router)).toBe('A Cloud')
    router.reload([b, c])
    expect(await servedBy(router)).toBe('B Cloud')
    router.reload([b, c], { account: { ...noAccessRules, ignore: ['b'] } })
    expect(await servedBy(router)).toBe('C Cloud')
  })

  it('leaves a running request its old definition, the attempts to come and the connections included', async () => {
    let refuseA: () => void = () => undefined
    await using router = await openTestRouter([a, b], {
      ...scripts,
      a: (response, request) => {
        refuseA = () => refusing(503)(response, request)
      },
    })
    const running = router.post(ask())
    await calledTimes(router, 1)
    // The connect timeout is the pool's, so that a new one takes its place.
    router.reload([c], { connectTimeoutMs: 1234 })
    expect(await servedBy(router)).toBe('C Cloud')
    refuseA()
    expect((await bodyOf(running)).provider).toBe('B Cloud')
    expect(router.defects).toEqual([])
  })

  it('does not touch a stream that flows', async () => {
    const open: ServerResponse[] = []
    await using router = await openTestRouter([a], {
      ...scripts,
      a: response => {
        openStream(response)(chunkOf({ content: 'Half and ' }))
        open.push(response)
      },
    })
    const response = await router.post(ask({ stream: true }))
    router.reload([b], { connectTimeoutMs: 1234, maxBodyBytes: 10, receiveMs: 1 })
    expect((await router.post(ask())).status).toBe(413)
    const write = (data: object) => open[0]?.write(`data: ${JSON.stringify(data)}\n\n`)
    write(chunkOf({ content: 'half' }, 'stop'))
    open[0]?.end('data: [DONE]\n\n')
    const { chunks, isDone } = await readEvents(response)
    expect([textOf(chunks), isDone]).toEqual(['Half and half', true])
  })

  it('keeps the pins of conversations', async () => {
    await using router = await openTestRouter([b, c], scripts)
    const talk = { session_id: 'talk' }
    expect(await servedBy(router, talk)).toBe('B Cloud')
    // Cheaper, but the conversation stays.
    router.reload([a, b, c])
    expect(await servedBy(router, talk)).toBe('B Cloud')
    expect(await servedBy(router)).toBe('A Cloud')
  })

  it('keeps the health of endpoints, which begins anew with other health settings', async () => {
    await using router = await openTestRouter([a, b], { ...scripts, a: refusing(429) })
    const callsOfA = () => router.calls.filter(({ provider }) => provider === 'a').length
    expect(await servedBy(router)).toBe('B Cloud')
    router.reload([a, b])
    expect(await servedBy(router)).toBe('B Cloud')
    expect(callsOfA()).toBe(1)
    router.reload([a, b], { health: { ...defaultRouterSettings.health, keyCoolDownMs: 1 } })
    expect(await servedBy(router)).toBe('B Cloud')
    expect(callsOfA()).toBe(2)
  })

  it('exchanges the keys of callers', async () => {
    await using router = await openTestRouter([a], scripts)
    const key = {
      name: 'k',
      sha256: hashKey('sk-one'),
      kind: 'inference',
      budget: null,
      requestsPerMinute: null,
      rules: noAccessRules,
      markupBasisPoints: 0,
      expiresAtMs: null,
      disabled: false,
    } as const
    expect((await router.post(ask())).status).toBe(200)
    router.reload([a], { callers: { keys: [key], credits: null } })
    expect((await router.post(ask())).status).toBe(401)
    expect((await router.post(ask(), { authorization: 'Bearer sk-one' })).status).toBe(200)
    router.reload([a])
    expect((await router.post(ask())).status).toBe(200)
  })
})
