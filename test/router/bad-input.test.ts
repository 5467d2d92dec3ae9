import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf, silent } from './open-test-router.ts'
import { chatText, openRaw, statusesOf } from './raw-socket.ts'

const a = endpointOf({ provider: 'a' })
const get = (more: string) => `GET /api/v1/models HTTP/1.1\r\nhost: x\r\n${more}\r\n`

describe('requests that are no HTTP', () => {
  it.each([
    ['garbage', 'EHLO mail.example\r\n\r\n', 400],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['TLS', Buffer.from('160301020001000100', 'hex'), 400],
    ['a header without a name', get(': value\r\n'), 400],
    ['a header name with a space', get('x session: 1\r\n'), 400],
    ['a line feed in a header', get('x-session-id: a\nset-cookie: b\r\n'), 400],
    ['a carriage return in a header', get('x-session-id: a\rset-cookie: b\r\n'), 400],
    ['a NUL in a header', get('x-session-id: a\0b\r\n'), 400],
    ['a folded header', get('x-session-id: a\r\n b\r\n'), 400],
    ['no host', 'GET /api/v1/models HTTP/1.1\r\n\r\n', 400],
    ['two lengths', chatText('{}', { 'Content-Length': '9' }), 400],
    ['a length and chunks', chatText('{}', { 'transfer-encoding': 'chunked' }), 400],
    ['a negative length', get('content-length: -1\r\n'), 400],
    ['another coding', get('transfer-encoding: xchunked\r\n'), 400],
    ['40 KiB of headers', get(`x-pad: ${'x'.repeat(40_000)}\r\n`), 431],
    ['300 headers', get('x-pad: 1\r\n'.repeat(300)), 431],
    ['an unknown expectation', get('expect: 200-maybe\r\n'), 417],
  ])('are refused and the connection closed: %s', async (_name, text, status) => {
    await using router = await openTestRouter([a], {})
    using raw = await openRaw(router.url)
    raw.send(text)
    if (status === 417) await raw.until(/417/)
    else expect(statusesOf(await raw.closed())).toEqual([status])
    expect((await router.get('/healthz')).status).toBe(200)
    expect(router.defects).toEqual([])
  })

  it('are told in the shape of every other error', async () => {
    await using router = await openTestRouter([a], {})
    using raw = await openRaw(router.url)
    raw.send('garbage\r\n\r\n')
    const [head = '', body = ''] = (await raw.closed()).split('\r\n\r\n')
    expect(head).toContain('content-type: application/json')
    expect(JSON.parse(body)).toMatchObject({ error: { code: 400, error_type: 'invalid_request' } })
  })

  it('do not disturb the answer to the request before them', async () => {
    await using router = await openTestRouter([a], { a: answering('Whole') })
    using raw = await openRaw(router.url)
    raw.send(`${chatText(ask())}garbage\r\n\r\n`)
    const text = await raw.closed()
    expect(statusesOf(text)).toEqual([200, 400])
    expect(text.slice(0, text.indexOf('HTTP/1.1 400'))).toContain('"content":"Whole"')
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'ok' })
  })

  it('inside a chunked body end that request, and it is recorded', async () => {
    await using router = await openTestRouter([a], {})
    using raw = await openRaw(router.url)
    raw.send('POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    raw.send('2\r\n{"\r\nnonsense\r\n')
    expect(statusesOf(await raw.closed())).toEqual([400])
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ attempts: 0 })
  })
})

describe('slow callers', () => {
  it.each([
    ['say nothing', ''],
    ['send a header a day', 'GET /api/v1/models HTTP/1.1\r\nhost: x\r\nx-sl'],
  ])('who %s get 408 when their time for headers is over', async (_name, text) => {
    await using router = await openTestRouter([a], {}, { settings: { receiveHeadersMs: 50 } })
    using raw = await openRaw(router.url)
    raw.send(text)
    expect(statusesOf(await raw.closed())).toEqual([408])
  })

  it('who do not send the whole body get 408 in time, and a record', async () => {
    await using router = await openTestRouter([a], {}, { settings: { receiveMs: 50 } })
    using raw = await openRaw(router.url)
    raw.send(chatText('{"model"', { 'content-length': '1000' }))
    const text = await raw.closed()
    expect(statusesOf(text)).toEqual([408])
    expect(text).toContain('"error_type":"timeout"')
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'error',
      fault: 'client',
      http_status: 408,
      attempts: 0,
    })
  })

  it('do not hold up others', async () => {
    await using router = await openTestRouter([a], { a: answering('Quick') })
    const slow = await Promise.all(Array.from({ length: 50 }, () => openRaw(router.url)))
    for (const raw of slow) raw.send(chatText('{', { 'content-length': '1000' }))
    expect((await router.post(ask())).status).toBe(200)
    for (const raw of slow) raw.socket.destroy()
  })
})

describe('bodies', () => {
  const settings = { maxBodyBytes: 10_000 }

  it.each([
    ['of a stated length', chatText('x'.repeat(20_000))],
    [
      'of an unknown length',
      `POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n4e20\r\n${'x'.repeat(20_000)}\r\n0\r\n\r\n`,
    ],
  ])('that are too large, %s, get 413, and the connection lives on', async (_name, text) => {
    await using router = await openTestRouter([a], { a: answering('Next') }, { settings })
    using raw = await openRaw(router.url)
    raw.send(text)
    await raw.until(/413 Payload Too Large[^]*payload_too_large/)
    raw.send(chatText(ask()))
    expect(await raw.until(/Next/)).toContain('HTTP/1.1 200')
  })

  it('that never end are cut off after the refusal', async () => {
    await using router = await openTestRouter([a], {}, { settings })
    using raw = await openRaw(router.url)
    raw.send(
      'POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n',
    )
    const flood = setInterval(() => raw.send('x'.repeat(20_000)), 5)
    expect(statusesOf(await raw.closed())).toEqual([413])
    clearInterval(flood)
  })

  it('are asked for with 100 Continue, but not when they are too large', async () => {
    await using router = await openTestRouter([a], { a: answering('Go on') }, { settings })
    using small = await openRaw(router.url)
    const [head = '', body = ''] = chatText(ask(), { expect: '100-continue' }).split('\r\n\r\n')
    small.send(`${head}\r\n\r\n`)
    await small.until(/100 Continue/)
    small.send(body)
    expect(statusesOf(await small.until(/Go on/))).toEqual([100, 200])
    using large = await openRaw(router.url)
    large.send(chatText('', { 'content-length': '20000', expect: '100-continue' }))
    expect(statusesOf(await large.until(/payload_too_large/))).toEqual([413])
  })

  it.each([
    ['bytes that are no text', Buffer.from('7b22ff7d', 'hex'), 'not valid UTF-8'],
    ['half a character', Buffer.from('22e2', 'hex'), 'not valid UTF-8'],
    ['a mark of byte order', Buffer.from('efbbbf7b7d', 'hex'), 'no JSON object'],
    ['compressed', Buffer.from('1f8b08000000', 'hex'), 'not valid UTF-8'],
    ['nothing', Buffer.alloc(0), 'no JSON object'],
    ['nesting in a text', Buffer.from(`{"a":"${'['.repeat(9000)}"}`), 'messages: '],
    ['nesting after a text', Buffer.from(`{"a":"\\\\","b":${'['.repeat(300)}`), 'nested deeper'],
  ])('of %s are refused with 400', async (_name, body, part) => {
    await using router = await openTestRouter([a], {}, { settings })
    const response = await fetch(`${router.url}/api/v1/chat/completions`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toContain(part)
  })
})

describe('header injection', () => {
  const evil = '%0d%0aset-cookie:%20evil=1'
  const headers = {
    'x-session-id': 'MARKER; evil',
    'http-referer': 'https://MARKER.example/',
    'x-title': 'MARKER',
    traceparent: 'MARKER',
    'x-routebench-request-id': `MARKER${evil}`,
    'x-routebench-run-id': `MARKER${evil}`,
    'x-routebench-item-id': `MARKER${evil}`,
    'x-routebench-arm': `MARKER${evil}`,
    'x-routebench-output-tokens': `7${evil}`,
    origin2: 'MARKER',
  }

  it.each([true, false])('reaches neither the answer nor the provider (simulated: %s)', async simulated => {
    const settings = { upstreamIsSimulated: simulated }
    await using router = await openTestRouter([a], { a: answering('Fine') }, { settings })
    const response = await router.post(ask(), headers)
    expect(response.status).toBe(200)
    const told = JSON.stringify([...response.headers])
    expect(told).not.toMatch(/MARKER|evil/)
    const sent = JSON.stringify(router.calls[0]?.headers)
    expect(sent).not.toMatch(/[\r\n]|set-cookie"/)
    if (!simulated) expect(sent).not.toContain('MARKER')
  })

  it('through names of the body reaches no header', async () => {
    await using router = await openTestRouter([a], { a: answering('Fine') })
    const response = await router.post(ask({ model: 'acme/none\r\nset-cookie: a=b', session_id: 'x\r\ny' }))
    expect(JSON.stringify([...response.headers])).not.toMatch(/set-cookie|acme/)
  })
})

describe('requests of web pages', () => {
  const page = { origin: 'https://shop.example' }
  const preflight = {
    ...page,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, x-title\r'.trim(),
  }
  const options = (url: string, headers: Record<string, string>) =>
    fetch(`${url}/api/v1/chat/completions`, { method: 'OPTIONS', headers })

  it('are refused while no key is asked for', async () => {
    await using router = await openTestRouter([a], { a: answering('No') })
    const response = await router.post(ask(), page)
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBe(null)
    expect(router.calls).toEqual([])
    expect((await options(router.url, preflight)).status).toBe(403)
  })

  it('are answered where any origin is allowed, preflight and all', async () => {
    const settings = { allowAnyOrigin: true }
    await using router = await openTestRouter([a], { a: answering('Yes') }, { settings })
    const allowed = await options(router.url, preflight)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*')
    expect(allowed.headers.get('access-control-allow-headers')).toBe('authorization, *')
    const response = await router.post(ask(), page)
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-expose-headers')).toContain('x-generation-id')
  })

  it('have no say elsewhere: OPTIONS without an origin is a wrong method', async () => {
    await using router = await openTestRouter([a], {})
    const response = await options(router.url, {})
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    const head = await fetch(`${router.url}/api/v1/models`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('good and bad requests at once', () => {
  it('each get the answer to themselves, and one record', async () => {
    await using router = await openTestRouter([a], {
      a: (response, request) => {
        const marker = /marker-\d+/.exec(request.body)?.[0] ?? 'none'
        setImmediate(() => answering(`echo ${marker}`)(response, request))
      },
    })
    const kinds = ['plain', 'stream', 'malformed', 'unknown', 'pipelined', 'garbage', 'abandoned'] as const
    const one = async (index: number) => {
      const marker = `marker-${index}`
      const messages = [{ role: 'user', content: marker }]
      const kind = kinds[index % kinds.length] ?? 'plain'
      using raw = await openRaw(router.url)
      switch (kind) {
        case 'plain':
        case 'stream':
          raw.send(chatText(ask({ messages, stream: kind === 'stream' })))
          return [marker, await raw.until(kind === 'stream' ? /\[DONE\]/ : /echo marker-\d+"/)] as const
        case 'malformed':
          raw.send(chatText(ask({ messages, [marker]: 1, stream: marker })))
          return ['', await raw.until(/stream: /)] as const
        case 'unknown':
          raw.send(chatText(ask({ messages, model: `acme/${marker}` })))
          return [marker, await raw.until(/is not a valid model ID/)] as const
        case 'pipelined':
          raw.send(chatText(ask({ messages })) + chatText(ask({ messages })))
          return [marker, await raw.until(/echo marker-\d+"[^]*echo marker-\d+"/)] as const
        case 'garbage':
          raw.send(`${chatText(ask({ messages }))}garbage ${marker}\r\n\r\n`)
          return [marker, await raw.closed()] as const
        case 'abandoned':
          raw.send(chatText(ask({ messages, stream: true })))
          return ['', raw.text()] as const
      }
    }
    const answers = await Promise.all(Array.from({ length: 350 }, (_, index) => one(index)))
    for (const [marker, text] of answers) {
      const seen = new Set(text.match(/marker-\d+/g))
      expect([...seen]).toEqual(marker === '' ? [] : [marker])
    }
    expect(router.defects).toEqual([])
    // Two per pipelined pair; one abandoned before it was read may leave none.
    expect(router.sink.requests.length).toBeGreaterThanOrEqual(350)
  })
})

describe('connections at rest', () => {
  it('are closed when their time is over, and beyond the bound the oldest first', async () => {
    const settings = { maxIdleConnections: 2, idleConnectionMs: 60_000 }
    await using router = await openTestRouter([a], { a: answering('Busy') }, { settings })
    const [first, second, third] = [
      await openRaw(router.url),
      await openRaw(router.url),
      await openRaw(router.url),
    ]
    await first.closed()
    second.send(chatText(ask()))
    third.send(chatText(ask()))
    await Promise.all([second.until(/Busy/), third.until(/Busy/)])
    second.socket.destroy()
    third.socket.destroy()
  })

  it('are closed after their time, which begins with an answer', async () => {
    const settings = { idleConnectionMs: 20, unreadMs: 10 }
    await using router = await openTestRouter([a], { a: answering('Busy') }, { settings })
    using fresh = await openRaw(router.url)
    using used = await openRaw(router.url)
    used.send(chatText(ask()))
    await used.until(/Busy/)
    // Node leaves callers a second more than it tells them.
    await used.closed()
    fresh.send(chatText(ask()))
    await fresh.until(/Busy/)
  })

  it('are not those on which an answer is under way', async () => {
    const settings = { maxIdleConnections: 1 }
    await using router = await openTestRouter([a], { a: silent }, { settings })
    using busy = await openRaw(router.url)
    busy.send(chatText(ask()))
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    for (let i = 0; i < 5; i++) (await openRaw(router.url)).socket.destroy()
    using idle = await openRaw(router.url)
    idle.send(get(''))
    await idle.until(/200 OK/)
    expect(busy.socket.destroyed).toBe(false)
  })
})
