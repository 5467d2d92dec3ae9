import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/core/index.ts'
import {
  createHttpPool,
  type Deadlines,
  type Exchange,
  exchange,
  type StreamEvent,
} from '../../src/wire/index.ts'
import { chunkOf, openStream, startScriptedServer, usageChunk } from '../support/scripted-server.ts'

const pool = createHttpPool()
const clock = createSystemClock()
const noDeadlines: Deadlines = { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: null }
afterAll(() => pool.close())

interface Ask {
  readonly deadlines?: Partial<Deadlines>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: StreamEvent) => void
  readonly trustsRouterErrors?: boolean
  readonly apiKey?: string
}

function ask(url: string, { deadlines, ...rest }: Ask = {}): Promise<Exchange> {
  return exchange({
    url: `${url}/v1/chat/completions`,
    apiKey: 'secret',
    headers: { 'x-extra': '1' },
    body: '{}',
    dispatcher: pool.dispatcher,
    clock,
    deadlines: { ...noDeadlines, ...deadlines },
    ...rest,
  })
}

describe('exchange', () => {
  it.each(['nowhere', 'http://a b', 'ftp://host'])('ends with network for the URL %s', async url => {
    const { outcome } = await ask(url)
    expect(outcome).toMatchObject({ errorType: 'network', fault: 'network' })
    expect(outcome).toHaveProperty('message', 'the URL of the call is no http or https URL')
  })

  it('tells a header that HTTP cannot carry by its name alone', async () => {
    const { outcome } = await ask('http://127.0.0.1:1', { apiKey: 'sk-line\nbreak' })
    expect(outcome).toMatchObject({ kind: 'error', errorType: 'network' })
    expect(outcome).toHaveProperty('message', expect.stringContaining('header "authorization"'))
    expect(JSON.stringify(outcome)).not.toContain('sk-line')
  })

  it.each([401, 200])('keeps the API key out of the message of an error with HTTP %i', async status => {
    await using server = await startScriptedServer((response, { headers }) =>
      response.writeHead(status).end(JSON.stringify({ error: { message: `bad ${headers.authorization}` } })),
    )
    expect((await ask(server.url)).outcome).toHaveProperty('message', 'bad Bearer ***')
  })

  const whole = [chunkOf({ content: 'a' }, 'stop'), usageChunk(1, 1)]
  it.each([
    ['reset after [DONE]', [chunkOf({ content: 'a' }), '[DONE]'], true],
    ['left open after [DONE]', [...whole, '[DONE]'], false],
    ['reset after finish reason and usage', whole, true],
  ])('takes an answer as whole whose connection is %s', async (_name, events, breaks) => {
    await using server = await startScriptedServer(response => {
      const send = openStream(response)
      events.forEach(send)
      if (breaks) setTimeout(() => response.socket?.destroy(), 10)
    })
    const { outcome, stamps } = await ask(server.url, { deadlines: { idleMs: 1_000 } })
    expect(outcome).toEqual({ kind: 'ok' })
    expect(stamps.closedNs - Number(stamps.lastTokenNs)).toBeLessThan(90e6)
  })

  it('blames nobody when nothing follows a finish reason', async () => {
    await using server = await startScriptedServer(response =>
      openStream(response)(chunkOf({ content: 'a' }, 'stop')),
    )
    const { outcome, stamps } = await ask(server.url, { deadlines: { idleMs: 40 } })
    expect(outcome).toEqual({ kind: 'ok' })
    expect(stamps.closedNs).toBe(stamps.lastTokenNs)
  })

  it('still takes a reset between finish reason and usage as truncated', async () => {
    await using server = await startScriptedServer(response => {
      openStream(response)(chunkOf({ content: 'a' }, 'stop'))
      setTimeout(() => response.socket?.destroy(), 10)
    })
    expect((await ask(server.url)).outcome).toEqual({ kind: 'truncated' })
  })

  it('uses the connection of a stream again', async () => {
    await using server = await startScriptedServer(response => {
      const send = openStream(response)
      whole.forEach(send)
      send('[DONE]')
      setTimeout(() => response.end(), 10)
    })
    await ask(server.url)
    await new Promise(setImmediate)
    expect((await ask(server.url)).connection.reused).toBe(true)
  })

  it('takes a deadline beyond the longest timer as that', async () => {
    await using server = await startScriptedServer(response => setTimeout(() => response.end('{}'), 20))
    const { outcome } = await ask(server.url, { deadlines: { totalMs: 2 ** 31 } })
    expect(outcome).toMatchObject({ errorType: 'empty_response' })
  })

  it('puts the tool calls of a streamed and of a whole answer together', async () => {
    const call = (text: string, name?: string) => ({ index: 0, function: { name, arguments: text } })
    await using server = await startScriptedServer((response, { headers }) => {
      if (headers['x-extra'] === '1' && server.received.length === 1) {
        const send = openStream(response)
        send(chunkOf({ tool_calls: [{ ...call('', 'add'), id: 't1', type: 'function' }] }))
        for (const text of ['{"a"', ':1}']) send(chunkOf({ tool_calls: [call(text)] }))
        send(chunkOf({}, 'tool_calls'))
        response.end('data: [DONE]\n\n')
        return
      }
      const message = {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't1', ...call('{"a":1}', 'add') }],
      }
      response.end(
        JSON.stringify({ id: 'c1', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }),
      )
    })
    for (const got of [await ask(server.url), await ask(server.url)]) {
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, finishReason: 'tool_calls' })
      expect(got.toolCalls).toEqual([{ name: 'add', argumentsText: '{"a":1}' }])
    }
  })

  it('reads a streamed answer: text, usage, finish reason, cost and ordered stamps', async () => {
    await using server = await startScriptedServer(response => {
      const send = openStream(response)
      response.write(': OPENROUTER PROCESSING\n\n')
      send(chunkOf({ role: 'assistant', content: '' }))
      setTimeout(() => {
        send(chunkOf({ reasoning: 'hm' }))
        send(chunkOf({ content: 'Hé' }))
        send(chunkOf({ content: 'llo' }))
        send(chunkOf({}, 'stop'))
        send(usageChunk(10, 3, { cost: 1.5e-7, prompt_tokens_details: { cached_tokens: 4 } }))
        response.end('data: [DONE]\n\ndata: garbage after the end\n\n')
      }, 15)
    })
    const got = await ask(server.url)
    expect(got.outcome).toEqual({ kind: 'ok' })
    expect(got).toMatchObject({
      status: 200,
      text: 'Héllo',
      finishReason: 'stop',
      answerId: 'c1',
      model: 'm',
    })
    expect(got.usage).toMatchObject({
      inputTokens: 10,
      outputTokens: 3,
      cacheReadTokens: 4,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      reportedCost: 150_000n,
    })
    const { sentNs, headersNs, firstByteNs, firstCommentNs, firstTokenNs, firstVisibleNs, closedNs, chunks } =
      got.stamps
    expect(chunks).toBe(3)
    const order = [
      sentNs,
      headersNs,
      firstCommentNs,
      firstByteNs,
      firstTokenNs,
      firstVisibleNs,
      closedNs,
    ].map(Number)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect((firstTokenNs ?? 0) - (firstByteNs ?? 0)).toBeGreaterThan(5e6)
  })

  it('sends the key as a bearer token and asks for no compression', async () => {
    await using server = await startScriptedServer(response => response.end('{}'))
    await ask(server.url)
    expect(server.received[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'accept-encoding': 'identity',
      'x-extra': '1',
    })
  })

  const answers = [
    [
      'HTTP 503 with HTML',
      503,
      '<html>',
      { kind: 'error', errorType: 'provider_overloaded', fault: 'provider' },
    ],
    [
      'HTTP 429',
      429,
      '{"error":{"message":"slow down"}}',
      { errorType: 'rate_limit_exceeded', fault: 'rate_limit' },
    ],
    ['HTTP 400', 400, '{"error":{"message":"bad"}}', { errorType: 'invalid_request', fault: 'client' }],
    [
      'a named error type',
      400,
      '{"error":{"code":400,"metadata":{"error_type":"context_length_exceeded"}}}',
      { errorType: 'context_length_exceeded' },
    ],
    [
      'an error inside a 200',
      200,
      '{"error":{"code":502,"message":"x"}}',
      { errorType: 'provider_unavailable' },
    ],
    [
      'a finish reason of error',
      200,
      '{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}',
      { errorType: 'stream_error' },
    ],
    ['no JSON', 200, 'hello', { errorType: 'malformed_response' }],
    ['an empty completion', 200, '{"choices":[]}', { errorType: 'empty_response' }],
    [
      'a completion that says nothing, of no tokens',
      200,
      '{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":0}}',
      { errorType: 'empty_response' },
    ],
    [
      'a completion without a word, of a token that ended it',
      200,
      '{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}',
      { kind: 'ok' },
    ],
    [
      'a completion of which a filter left nothing',
      200,
      '{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}',
      { kind: 'ok' },
    ],
    ['a completion', 200, '{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}', { kind: 'ok' }],
  ] as const
  it.each(answers)('classifies %s', async (_name, status, body, outcome) => {
    await using server = await startScriptedServer(response => response.writeHead(status).end(body))
    expect((await ask(server.url)).outcome).toMatchObject(outcome)
  })

  it.each([
    ['{"error":{"availability":{"code":"no_endpoints"}}}', 404, 'not_found', 'no_endpoints'],
    ['{"error":{"code":"canceled"}}', 429, 'rate_limit_exceeded', 'canceled'],
    ['{"error":{"error_type":"router_internal"}}', 500, 'server', 'router_internal'],
    ['{"error":{"metadata":{"error_type":"no_endpoints"}}}', 200, 'stream_error', 'no_endpoints'],
  ])('believes a router alone that it decided %s', async (body, status, untrusted, trusted) => {
    await using server = await startScriptedServer(response => response.writeHead(status).end(body))
    expect((await ask(server.url)).outcome).toMatchObject({ errorType: untrusted })
    expect((await ask(server.url, { trustsRouterErrors: true })).outcome).toMatchObject({
      errorType: trusted,
    })
  })

  const streams: readonly (readonly [string, (string | object)[], boolean, object])[] = [
    [
      'an end without a finish reason as truncated',
      [chunkOf({ content: 'a' })],
      false,
      { kind: 'truncated' },
    ],
    [
      'a broken connection after a token as truncated',
      [chunkOf({ content: 'a' })],
      true,
      { kind: 'truncated' },
    ],
    [
      'a broken connection before a token as reset',
      [chunkOf({ role: 'assistant' })],
      true,
      { errorType: 'connection_reset', fault: 'network' },
    ],
    [
      'an error chunk',
      [chunkOf({ content: 'a' }), { error: { code: 429, message: 'x' }, choices: [] }],
      false,
      { errorType: 'rate_limit_exceeded' },
    ],
    [
      'an error chunk with a text code',
      [{ error: { code: 'server_error', message: 'x' } }],
      false,
      { errorType: 'stream_error' },
    ],
    ['a chunk that is no JSON', ['{"id":'], false, { errorType: 'malformed_response' }],
    [
      'what comes after a chunk that is no JSON as no part of the answer',
      [chunkOf({ content: 'a' }), '{"id":', chunkOf({ content: 'b' }, 'stop'), '[DONE]'],
      false,
      { errorType: 'malformed_response' },
    ],
    ['a stream without a token', ['[DONE]'], false, { errorType: 'empty_response' }],
    [
      'a stream that says nothing, however it ended',
      [chunkOf({ role: 'assistant', content: '' }), chunkOf({}, 'stop'), '[DONE]'],
      false,
      { errorType: 'empty_response' },
    ],
    [
      'a stream without [DONE] but with a finish reason as complete',
      [chunkOf({ content: 'a' }, 'stop')],
      false,
      { kind: 'ok' },
    ],
    [
      'a tool call as a token',
      [chunkOf({ tool_calls: [{ index: 0 }] }, 'tool_calls')],
      false,
      { kind: 'ok' },
    ],
  ]
  it.each(streams)('classifies %s', async (_name, events, breaks, outcome) => {
    await using server = await startScriptedServer(response => {
      const send = openStream(response)
      events.forEach(send)
      if (breaks) setTimeout(() => response.socket?.destroy(), 10)
      else response.end()
    })
    expect((await ask(server.url)).outcome).toMatchObject(outcome)
  })

  const late: readonly (readonly [string, Partial<Deadlines>, (send: (data: object) => void) => void])[] = [
    ['timeout_first_token', { firstTokenMs: 30 }, send => send(chunkOf({ role: 'assistant' }))],
    ['timeout_idle', { idleMs: 30 }, send => send(chunkOf({ content: 'a' }))],
    ['timeout_total', { totalMs: 30 }, send => send(chunkOf({ content: 'a' }))],
  ]
  it.each(late)('ends with %s when that deadline passes', async (errorType, deadlines, begin) => {
    await using server = await startScriptedServer(response => begin(openStream(response)))
    expect((await ask(server.url, { deadlines })).outcome).toMatchObject({ kind: 'error', errorType })
  })

  it('ends with timeout_headers when no headers come', async () => {
    await using server = await startScriptedServer(() => undefined)
    const got = await ask(server.url, { deadlines: { headersMs: 30 } })
    expect(got.outcome).toMatchObject({ errorType: 'timeout_headers', fault: 'provider' })
  })

  it('tells a refused connection', async () => {
    const server = await startScriptedServer(() => undefined)
    await server[Symbol.asyncDispose]()
    expect((await ask(server.url)).outcome).toMatchObject({
      errorType: 'connection_refused',
      fault: 'network',
    })
  })

  it('closes the connection at once when the caller cancels', async () => {
    let closed: () => void = () => undefined
    const upstreamClosed = new Promise<void>(resolve => {
      closed = resolve
    })
    await using server = await startScriptedServer(response => {
      response.on('close', closed)
      openStream(response)(chunkOf({ content: 'a' }))
    })
    const controller = new AbortController()
    const asked = ask(server.url, { signal: controller.signal, onEvent: () => controller.abort() })
    expect((await asked).outcome).toEqual({ kind: 'canceled' })
    await upstreamClosed
  })

  it('tells how long the provider asks to wait', async () => {
    await using server = await startScriptedServer(response =>
      response.writeHead(429, { 'retry-after': '7' }).end(),
    )
    expect((await ask(server.url)).retryAfterMs).toBe(7000)
  })

  it('tells a fresh connection from a reused one', async () => {
    await using server = await startScriptedServer(response => response.end('{}'))
    const first = await ask(server.url)
    await new Promise(setImmediate)
    const second = await ask(server.url)
    expect([first.connection.reused, second.connection.reused]).toEqual([false, true])
    expect(first.connection.connectNs).toBeGreaterThan(0)
  })

  it('gives the same answer for any chunking of the bytes', async () => {
    const text = [chunkOf({ content: 'Grüße 🎉' }), chunkOf({ content: ' end' }, 'stop'), usageChunk(1, 2)]
      .map(event => `: ping\r\ndata: ${JSON.stringify(event)}\r\n\r\n`)
      .join('')
    const bytes = Buffer.from(`${text}data: [DONE]\r\n\r\n`)
    let cuts: readonly number[] = []
    await using server = await startScriptedServer(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.socket?.setNoDelay(true)
      const ends = [...cuts, bytes.length].toSorted((a, b) => a - b)
      ends.forEach((end, index) => response.write(bytes.subarray(ends[index - 1] ?? 0, end)))
      response.end()
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }),
        async places => {
          cuts = places
          const got = await ask(server.url)
          expect(got).toMatchObject({
            outcome: { kind: 'ok' },
            text: 'Grüße 🎉 end',
            usage: { inputTokens: 1 },
          })
          expect(got.stamps.chunks).toBe(2)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('exchange with a provider run wild', () => {
  it('ends with response_too_large before memory fills', async () => {
    const piece = `data: ${JSON.stringify(chunkOf({ content: 'x'.repeat(2 ** 20) }))}\n\n`
    await using server = await startScriptedServer(response => {
      openStream(response)
      const write = () => {
        while (!response.destroyed && response.write(piece)) continue
      }
      response.on('drain', write)
      write()
    })
    const got = await ask(server.url)
    expect(got.outcome).toMatchObject({ kind: 'error', errorType: 'response_too_large', fault: 'provider' })
  })
})
