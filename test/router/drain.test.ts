import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import {
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  type Script,
  silent,
  textOf,
} from './open-test-router.ts'
import { chatText, openRaw, statusesOf } from './raw-socket.ts'

const a = endpointOf({ provider: 'a' })
const turn = () => new Promise(resolve => setImmediate(resolve))

/** Streams one word, and the rest when told to. */
function pausing() {
  const steps: (() => void)[] = []
  const script: Script = response => {
    const write = openStream(response)
    write(chunkOf({ content: 'First ' }))
    steps.push(() => {
      write(chunkOf({ content: 'last' }, 'stop'))
      write(usageChunk(1, 1))
      response.end()
    })
  }
  return { script, steps }
}

describe('a router that closes', () => {
  it('lets running answers end, and meanwhile says that it is not ready and refuses new requests', async () => {
    const { script, steps } = pausing()
    const router = await openTestRouter([a], { a: script })
    const running = await router.post(ask({ stream: true }))
    const closed = router.close()
    const ready = await router.get('/readyz')
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close'])
    expect((await router.get('/healthz')).status).toBe(200)
    expect((await router.get('/api/v1/models')).status).toBe(200)
    const refused = await router.post(ask())
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await bodyOf(refused)).error).toMatchObject({
      message: 'The router is shutting down',
      metadata: { router_error_type: 'router_closing' },
    })
    steps[0]?.()
    expect(textOf((await readEvents(running)).chunks)).toBe('First last')
    await closed
    await expect(router.get('/healthz')).rejects.toThrow()
    expect(router.sink.requests.map(({ error_type, outcome }) => [error_type, outcome])).toEqual([
      ['router_closing', 'error'],
      ['', 'ok'],
    ])
  })

  it('answers a connection that was open before with 503 and its end, a long body or none', async () => {
    const { script, steps } = pausing()
    const router = await openTestRouter([a], { a: script })
    using early = await openRaw(router.url)
    using sending = await openRaw(router.url)
    const text = chatText(ask({ user: 'u'.repeat(100_000) }))
    const running = await router.post(ask({ stream: true }))
    const closed = router.close()
    early.send(chatText(ask()))
    sending.send(text.slice(0, 300))
    expect(statusesOf(await early.closed())).toEqual([503])
    // The rest of the body is taken, so that the refusal arrives.
    sending.send(text.slice(300))
    const told = await sending.closed()
    expect(statusesOf(told)).toEqual([503])
    expect(told).toMatch(/connection: close/i)
    steps[0]?.()
    await running.text()
    await closed
  })

  it('waits for an answer to be read that has been written, and for the rest of it', async () => {
    const long: Script = response => {
      const write = openStream(response)
      for (let i = 0; i < 100; i++) write(chunkOf({ content: 'x'.repeat(100_000) }))
      write(chunkOf({}, 'stop'))
      write(usageChunk(1, 1))
      write('[DONE]')
      response.end()
    }
    const router = await openTestRouter([a], { a: long }, { settings: { maxUnsentBytes: 50_000_000 } })
    using caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask({ stream: true })))
    await recordsOf(router.sink)
    const closed = router.close()
    for (let i = 0; i < 20; i++) await turn()
    caller.socket.resume()
    const text = await caller.closed()
    expect(text.match(/x{100000}/g)).toHaveLength(100)
    expect(text).toContain('data: [DONE]')
    await closed
  })

  it('cuts what has not ended within its time, and still records it', async () => {
    const router = await openTestRouter([a], { a: silent }, { settings: { drainMs: 20 } })
    const answer = router.post(ask())
    while (router.calls.length === 0) await turn()
    const refused = expect(answer).rejects.toThrow()
    await router.close()
    await refused
    expect(router.sink.requests[0]).toMatchObject({ outcome: 'canceled' })
    expect(router.sink.attempts).toHaveLength(1)
  })

  it('closes at once when nothing runs', async () => {
    const router = await openTestRouter([a], {})
    using idle = await openRaw(router.url)
    const startedMs = performance.now()
    await router.close()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    await idle.closed()
  })
})
