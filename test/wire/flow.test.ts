import type { ServerResponse } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock, nsPerMs } from '../../src/core/index.ts'
import { createHttpPool, type Deadlines, exchange } from '../../src/wire/index.ts'
import { chunkOf, openStream, startScriptedServer, usageChunk } from '../support/scripted-server.ts'
import { settled } from '../support/settled.ts'

const pool = createHttpPool()
const clock = createSystemClock()
afterAll(() => pool.close())

const none: Deadlines = { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: null }
const sleep = (ms: number) => clock.sleepUntil(clock.monoNs() + ms * nsPerMs)

/** A taker of an answer that says when it can take more. */
function createTaker() {
  let full: PromiseWithResolvers<void> | null = null
  let asked = 0
  return {
    asked: () => asked,
    /** Takes nothing from now on. */
    fill: () => {
      full = Promise.withResolvers()
    },
    drain: () => {
      full?.resolve()
      full = null
    },
    whenTaken: () => {
      asked++
      return full?.promise ?? null
    },
  }
}

interface Asking {
  readonly url: string
  readonly taker: ReturnType<typeof createTaker>
  readonly deadlines?: Partial<Deadlines>
  readonly signal?: AbortSignal
}

function ask({ url, taker, deadlines = {}, ...more }: Asking) {
  return exchange({
    url,
    apiKey: 'secret',
    headers: {},
    body: '{}',
    dispatcher: pool.dispatcher,
    clock,
    deadlines: { ...none, ...deadlines },
    whenTaken: taker.whenTaken,
    ...more,
  })
}

/** Writes text as fast as it is taken, and counts what has left the process. */
function flooding(bytes: number) {
  const flood = { written: 0, events: 0, hasClosed: false }
  const event = `data: ${JSON.stringify(chunkOf({ content: 'x'.repeat(16_000) }))}\n\n`
  const script = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.once('close', () => {
      flood.hasClosed = true
    })
    const write = () => {
      while (flood.written < bytes) {
        flood.written += event.length
        flood.events++
        if (!response.write(event)) return void response.once('drain', write)
      }
      response.end(`data: ${JSON.stringify(chunkOf({}, 'stop'))}\n\ndata: [DONE]\n\n`)
    }
    write()
  }
  return { flood, script }
}

describe('exchange', () => {
  it('reads no faster than its answer is taken, and loses nothing', async () => {
    const { flood, script } = flooding(40 * 2 ** 20)
    await using server = await startScriptedServer(script)
    const taker = createTaker()
    taker.fill()
    const done = ask({ url: server.url, taker })
    // What the kernel keeps of a connection is some megabytes.
    expect(await settled(() => flood.written)).toBeLessThan(20 * 2 ** 20)
    expect(taker.asked()).toBe(1)
    taker.drain()
    const { outcome, text, stamps } = await done
    expect(outcome.kind).toBe('ok')
    expect(text.length).toBe(flood.events * 16_000)
    expect(stamps.pausedNs).toBeGreaterThan(40 * nsPerMs)
  })

  it('closes a connection at once that it is not reading', async () => {
    const { flood, script } = flooding(40 * 2 ** 20)
    await using server = await startScriptedServer(script)
    const taker = createTaker()
    taker.fill()
    const gone = new AbortController()
    const done = ask({ url: server.url, taker, signal: gone.signal })
    await settled(() => flood.written)
    gone.abort()
    expect((await done).outcome.kind).toBe('canceled')
    while (!flood.hasClosed) await sleep(1)
    expect(flood.written).toBeLessThan(20 * 2 ** 20)
  })

  /** One token, a pause of the taker, and then the end. */
  async function pausing(deadlines: Partial<Deadlines>, pauseMs: number, afterwards: 'ends' | 'is silent') {
    const responses: ServerResponse[] = []
    await using server = await startScriptedServer(response => {
      responses.push(response)
      openStream(response)(chunkOf({ content: 'One ' }))
    })
    const taker = createTaker()
    taker.fill()
    const done = ask({ url: server.url, taker, deadlines })
    while (taker.asked() === 0) await sleep(1)
    await sleep(pauseMs)
    taker.drain()
    if (afterwards === 'ends') {
      responses[0]?.end(`data: ${JSON.stringify(chunkOf({ content: 'two' }, 'stop'))}\n\ndata: [DONE]\n\n`)
    }
    return await done
  }

  it.each<Partial<Deadlines>>([{ idleMs: 20 }, { stallMs: 20 }])(
    'holds no pause of its own against %o, and begins it anew',
    async deadlines => {
      const made = await pausing(deadlines, 45, 'ends')
      expect(made.outcome.kind).toBe('ok')
      expect(made.stamps.maxGapNs).toBeNull()
      const silent = await pausing(deadlines, 45, 'is silent')
      expect(silent).toMatchObject({ outcome: { errorType: 'timeout_idle' }, deadline: 'idle' })
    },
  )

  it('blames the taker when the time of the answer runs out in its pauses', async () => {
    const slow = await pausing({ totalMs: 30 }, 45, 'is silent')
    expect(slow).toMatchObject({ outcome: { kind: 'canceled' }, deadline: 'attempt' })
  })

  it('waits for usage behind a finish reason that came before a pause', async () => {
    const responses: ServerResponse[] = []
    await using server = await startScriptedServer(response => {
      responses.push(response)
      const write = openStream(response)
      write(chunkOf({ content: 'All' }, 'stop'))
    })
    const taker = createTaker()
    taker.fill()
    // An idle deadline that passes after a finish reason ends an answer as complete.
    const done = ask({ url: server.url, taker, deadlines: { idleMs: 20 } })
    while (taker.asked() === 0) await sleep(1)
    await sleep(45)
    responses[0]?.end(`data: ${JSON.stringify(usageChunk(3, 4))}\n\ndata: [DONE]\n\n`)
    taker.drain()
    expect(await done).toMatchObject({ outcome: { kind: 'ok' }, usage: { inputTokens: 3, outputTokens: 4 } })
  })

  it('takes what was left of an answer whose connection ended in a pause', async () => {
    await using server = await startScriptedServer(response => {
      const write = openStream(response)
      write(chunkOf({ content: 'One ' }))
      setTimeout(() => {
        write(chunkOf({ content: 'two' }, 'stop'))
        response.end('data: [DONE]\n\n')
        response.socket?.destroySoon()
      }, 5)
    })
    const taker = createTaker()
    taker.fill()
    const done = ask({ url: server.url, taker })
    while (taker.asked() === 0) await sleep(1)
    await sleep(30)
    taker.drain()
    expect(await done).toMatchObject({ outcome: { kind: 'ok' }, text: 'One two' })
  })
})
