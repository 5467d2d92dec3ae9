import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import { settled } from '../support/settled.ts'
import {
  answering,
  ask,
  openTestRouter,
  readEvents,
  recordsOf,
  type Script,
  textOf,
} from './open-test-router.ts'
import { chatText, openRaw } from './raw-socket.ts'

const a = endpointOf({ provider: 'a' })
const slow = endpointOf({ provider: 'slow', model: 'acme/slow' })
const mebi = 2 ** 20
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** A provider that streams as fast as it is read, and tells what has left it. */
function flooding(bytes: number) {
  const flood = { written: 0, hasClosed: false }
  const chunk = chunkOf({ content: 'x'.repeat(16_000) })
  const length = JSON.stringify(chunk).length
  const script: Script = response => {
    const write = openStream(response)
    response.once('close', () => {
      flood.hasClosed = true
    })
    const pour = () => {
      while (flood.written < bytes) {
        flood.written += length
        write(chunk)
        if (response.writableNeedDrain) return void response.once('drain', pour)
      }
      write(chunkOf({}, 'stop'))
      write(usageChunk(10, 5))
      write('[DONE]')
      response.end()
    }
    pour()
  }
  return { flood, script }
}

describe('a caller that does not read', () => {
  it('pauses its provider and holds up nobody else; when it reads, nothing is missing', async () => {
    const { flood, script } = flooding(50 * mebi)
    await using router = await openTestRouter([slow, a], { slow: script, a: answering('Hi there') })
    using caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask({ model: 'acme/slow', stream: true })))
    // What has left the provider is all there can be in memory; kernels keep some megabytes for each connection.
    expect(await settled(() => flood.written)).toBeLessThan(30 * mebi)

    for (let i = 0; i < 20; i++) {
      const startedMs = performance.now()
      const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
      expect([textOf(chunks), isDone]).toEqual(['Hi there', true])
      expect(performance.now() - startedMs).toBeLessThan(500)
    }
    expect(router.sink.requests).toHaveLength(20)

    let tail = ''
    caller.socket.on('data', (text: string) => {
      tail = (tail + text).slice(-100)
    })
    caller.socket.resume()
    while (!tail.includes('data: [DONE]')) await sleep(5)
    const sent = caller.text().match(/x{16000}/g)?.length
    expect(sent).toBe(
      Math.ceil((50 * mebi) / JSON.stringify(chunkOf({ content: 'x'.repeat(16_000) })).length),
    )
    const { requests, attempts } = await recordsOf(router.sink, 21)
    expect(requests[20]).toMatchObject({ outcome: 'ok', fault: 'none', requested_model: 'acme/slow' })
    // The pause was ours: no gap of the provider's, and no measure of its speed.
    expect(attempts[20]?.reason).toMatch(/; paused for its caller \d+ ms$/)
    expect(attempts[20]?.max_gap_us).toBeLessThan(1_000_000)
  }, 20_000)

  it('is cut off when it reads nothing for too long, and its provider with it', async () => {
    const { flood, script } = flooding(60 * mebi)
    await using router = await openTestRouter([a], { a: script }, { settings: { unreadMs: 40 } })
    using caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask({ stream: true })))
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'canceled', fault: 'client' })
    expect(attempts[0]).toMatchObject({ outcome: 'canceled', fault: 'client' })
    while (!flood.hasClosed) await sleep(1)
    expect(flood.written).toBeLessThan(30 * mebi)
  })

  it('is not cut off while its answer is not ready', async () => {
    const late: Script = (response, request) => {
      setTimeout(() => answering('Late')(response, request), 100)
    }
    await using router = await openTestRouter([a], { a: late }, { settings: { unreadMs: 20 } })
    expect((await router.post(ask())).status).toBe(200)
  })

  it('is cut off, too, with an answer that is not streamed, once that was sent', async () => {
    const long = answering('x'.repeat(20 * mebi))
    await using router = await openTestRouter([a], { a: long }, { settings: { unreadMs: 40 } })
    using caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask()))
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'ok' })
    await sleep(50)
    await sleep(50)
    await sleep(50)
    caller.socket.resume()
    // The rest was thrown away with the connection.
    expect((await caller.closed()).length).toBeLessThan(20 * mebi)
  })

  it('keeps no provider past the time of its answer', async () => {
    const { flood, script } = flooding(60 * mebi)
    await using router = await openTestRouter([a], { a: script }, { settings: { attemptTimeoutMs: 800 } })
    using caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask({ stream: true })))
    const { attempts } = await recordsOf(router.sink)
    // The provider would have been done long before.
    expect(attempts[0]).toMatchObject({ outcome: 'canceled', fault: 'client', deadline: 'attempt' })
    while (!flood.hasClosed) await sleep(1)
  })

  it('leaves its provider at once when it goes', async () => {
    const { flood, script } = flooding(60 * mebi)
    await using router = await openTestRouter([a], { a: script })
    const caller = await openRaw(router.url)
    caller.socket.pause()
    caller.send(chatText(ask({ stream: true })))
    await settled(() => flood.written)
    const leftAtMs = performance.now()
    caller.socket.destroy()
    while (!flood.hasClosed) await sleep(1)
    // 50 ms is the promise; the rest is for a busy machine.
    expect(performance.now() - leftAtMs).toBeLessThan(500)
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'canceled' })
  })
})
