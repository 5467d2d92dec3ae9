import { createServer, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/core/index.ts'
import { createHttpPool, type Deadlines, exchange, type Exchange } from '../../src/wire/index.ts'
import { chunkOf, openStream, startScriptedServer } from '../support/scripted-server.ts'

const pool = createHttpPool()
const clock = createSystemClock()
afterAll(() => pool.close())

const none: Deadlines = { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: null }

function ask(url: string, deadlines: Partial<Deadlines>): Promise<Exchange> {
  return exchange({
    url,
    apiKey: 'secret',
    headers: {},
    body: '{}',
    dispatcher: pool.dispatcher,
    clock,
    deadlines: { ...none, ...deadlines },
  })
}

type Script = Parameters<typeof startScriptedServer>[0]

const silent: Script = () => undefined
const headersOnly: Script = response => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
}
const roleOnly: Script = response => openStream(response)(chunkOf({ role: 'assistant', content: '' }))
const oneToken: Script = response => openStream(response)(chunkOf({ content: 'Half ' }))
const half: Script = response => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"id":')
}
/** Goes on to send comments, or chunks without a token. */
const stalled =
  (text: string): Script =>
  response => {
    oneToken(response, { headers: {}, path: '', body: '' })
    const timer = setInterval(() => response.write(text), 5)
    response.once('close', () => clearInterval(timer))
  }

describe('exchange', () => {
  it.each<[string, Script, Partial<Deadlines>, string, string]>([
    ['no headers', silent, { headersMs: 20 }, 'headers', 'timeout_headers'],
    ['headers and then silence', headersOnly, { firstTokenMs: 20 }, 'first_token', 'timeout_first_token'],
    ['a role and no token', roleOnly, { firstTokenMs: 20 }, 'first_token', 'timeout_first_token'],
    ['silence within a stream', oneToken, { firstTokenMs: 15, idleMs: 20 }, 'idle', 'timeout_idle'],
    ['silence within a body', half, { idleMs: 20 }, 'idle', 'timeout_idle'],
    ['only comments', stalled(': wait\n\n'), { idleMs: 400, stallMs: 30 }, 'idle', 'timeout_idle'],
    [
      'chunks without tokens',
      stalled('data: {"choices":[]}\n\n'),
      { idleMs: 400, stallMs: 30 },
      'idle',
      'timeout_idle',
    ],
    [
      'an answer without end',
      stalled(': wait\n\n'),
      { idleMs: 400, totalMs: 30 },
      'attempt',
      'timeout_total',
    ],
    ['no time left for the request', silent, { totalMs: 400, requestMs: 20 }, 'request', 'timeout_request'],
    ['several at once: the earliest', silent, { headersMs: 300, totalMs: 20 }, 'attempt', 'timeout_total'],
  ])('ends at the deadline for %s, and names it', async (_name, script, deadlines, deadline, errorType) => {
    await using server = await startScriptedServer(script)
    const made = await ask(server.url, deadlines)
    expect(made.outcome).toMatchObject({ kind: 'error', errorType })
    expect(made.deadline).toBe(deadline)
  })

  it('ends at the connect deadline while no connection comes about', async () => {
    const sockets: Socket[] = []
    // Takes connections, and never answers a TLS handshake.
    const deaf = createServer(socket => sockets.push(socket))
    await new Promise<void>(resolve => deaf.listen(0, '127.0.0.1', resolve))
    const address = deaf.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const made = await ask(`https://127.0.0.1:${port}`, { connectMs: 20, headersMs: 300 })
    expect(made.outcome).toMatchObject({ kind: 'error', errorType: 'timeout_connect', fault: 'network' })
    expect(made.deadline).toBe('connect')
    for (const socket of sockets) socket.destroy()
    deaf.close()
  })

  it('has met the connect deadline once the request is out', async () => {
    await using server = await startScriptedServer(response => setTimeout(() => response.end('{}'), 40))
    const made = await ask(server.url, { connectMs: 25 })
    expect(made.outcome).toMatchObject({ errorType: 'empty_response' })
    expect(made.deadline).toBeNull()
  })

  it('lets comments count as signs of life', async () => {
    await using server = await startScriptedServer(response => {
      stalled(': wait\n\n')(response, { headers: {}, path: '', body: '' })
      setTimeout(() => response.end('data: [DONE]\n\n'), 45)
    })
    const made = await ask(server.url, { idleMs: 25 })
    expect(made.outcome).toEqual({ kind: 'ok' })
    expect(made.deadline).toBeNull()
  })

  it('names no deadline of the upstream as ours', async () => {
    await using server = await startScriptedServer(response =>
      response.writeHead(504).end('{"error":{"message":"late","error_type":"timeout_first_token"}}'),
    )
    expect((await ask(server.url, { totalMs: 500 })).deadline).toBeNull()
  })
})
