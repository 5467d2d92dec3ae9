import { readFile } from 'node:fs/promises'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../../src/core/index.ts'
import { openPlayer, openRecorder, openSimulatedProviders, parseCassette } from '../../../src/sim/index.ts'
import { chunkOf, openStream, startScriptedServer, usageChunk } from '../../support/scripted-server.ts'
import { makeTemporaryFolder } from '../../support/temporary-folder.ts'
import { catalogOf, endpointOf } from '../tiny-catalog.ts'

const clock = createSystemClock()
const text = 'Grüße aus dem Archiv, secret'

/** An API that streams with pauses, answers whole, or breaks off, as the prompt says. */
function startApi() {
  return startScriptedServer((response, { body }) => {
    if (body.includes('break')) {
      openStream(response)(chunkOf({ content: text }))
      setTimeout(() => response.destroy(), 20)
      return
    }
    if (!body.includes('"stream":true')) {
      response.writeHead(429, {
        'content-type': 'application/json',
        'retry-after': '7',
        'x-ratelimit-limit-requests': '9',
        'openai-organization': 'org-secret',
        'set-cookie': 'session=secret',
      })
      response.end(JSON.stringify({ error: { message: `limit, ${text}`, type: 'rate_limit', code: null } }))
      return
    }
    const send = openStream(response)
    send(chunkOf({ role: 'assistant', content: '' }))
    setTimeout(() => send(chunkOf({ content: text })), 40)
    setTimeout(() => {
      send(chunkOf({}, 'stop'))
      send(usageChunk(3, 9))
      response.end('data: [DONE]\n\n')
    }, 80)
  })
}

function post(url: string, body: object | string, path = '/chat/completions?key=secret-query') {
  return fetch(url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer secret-key', 'content-type': 'application/json', 'x-mine': 'yes' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

const streamed = { model: 'm', stream: true, messages: [{ role: 'user', content: 'secret prompt' }] }
const whole = { model: 'm', messages: [] }

interface Recording {
  readonly path: string
  readonly keepContents?: boolean
}

async function record({ path, keepContents = false }: Recording) {
  await using api = await startApi()
  const recorder = await openRecorder({ upstream: `${api.url}/base/v1/`, path, clock, port: 0, keepContents })
  const answers = []
  for (const body of [streamed, whole]) answers.push(await (await post(recorder.url, body)).text())
  const broken = await post(recorder.url, { ...streamed, user: 'break' })
  await expect(broken.text()).rejects.toThrow()
  await recorder.close()
  const file = await readFile(path, 'utf8')
  return { answers, received: api.received, counts: [recorder.taken(), recorder.missed()], file }
}

describe('openRecorder', () => {
  it('forwards requests as they are and passes answers on as they are', async () => {
    await using folder = await makeTemporaryFolder()
    const { answers, received } = await record({ path: folder.file('tape.ndjson') })
    expect(received[0]).toMatchObject({
      path: '/base/v1/chat/completions?key=secret-query',
      body: JSON.stringify(streamed),
      headers: { authorization: 'Bearer secret-key', 'x-mine': 'yes' },
    })
    expect(answers[0]).toContain(text)
    expect(answers[1]).toContain(text)
  })

  it('keeps timing, lengths and limits, and neither keys nor contents', async () => {
    await using folder = await makeTemporaryFolder()
    const { file, counts } = await record({ path: folder.file('tape.ndjson') })
    expect(counts).toEqual([3, 0])
    expect(file).not.toMatch(/secret|Archiv/)
    const { header, takes } = parseCassette({ file: 'tape', text: file })
    expect(header.contents).toBe(false)
    const [stream, limited, broken] = takes
    expect(stream?.chunks.length).toBeGreaterThan(1)
    expect(stream?.end_us).toBeGreaterThan(60_000)
    expect(limited).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7', 'x-ratelimit-limit-requests': '9', 'content-type': 'application/json' },
    })
    expect(broken?.ended).toBe('broken')
  })

  it('keeps contents when it is told to', async () => {
    await using folder = await makeTemporaryFolder()
    const { file, answers } = await record({ path: folder.file('tape.ndjson'), keepContents: true })
    const { takes } = parseCassette({ file: 'tape', text: file })
    expect(takes[0]?.chunks.map(([, piece]) => piece).join('')).toBe(answers[0])
    expect(file).not.toMatch(/secret-key|secret-query|org-secret|session=/)
  })

  it('answers 502 and keeps nothing when the API cannot be reached', async () => {
    await using folder = await makeTemporaryFolder()
    const path = folder.file('tape.ndjson')
    const recorder = await openRecorder({
      upstream: 'http://127.0.0.1:1',
      path,
      clock,
      port: 0,
      keepContents: true,
    })
    const answer = await post(recorder.url, whole)
    expect(answer.status).toBe(502)
    await answer.text()
    await recorder.close()
    expect([recorder.taken(), recorder.missed()]).toEqual([0, 1])
  })

  it('refuses a URL that may hold a key, without repeating it', async () => {
    const opening = openRecorder({
      upstream: 'https://api.example.com/v1?key=secret',
      path: 'x',
      clock,
      port: 0,
      keepContents: false,
    })
    await expect(opening).rejects.toThrow(/not an http or https URL/)
    await expect(opening).rejects.not.toThrow(/secret/)
  })
})

describe('openPlayer', () => {
  async function play(recorded: string, speed: number) {
    const cassette = parseCassette({ file: 'tape', text: recorded })
    const player = await openPlayer({ cassette, clock, port: 0, speed })
    return { player, cassette, [Symbol.asyncDispose]: () => player.close() }
  }

  it('serves what was recorded, matched by the body whatever the order of its members', async () => {
    await using folder = await makeTemporaryFolder()
    const { file, answers } = await record({ path: folder.file('tape.ndjson'), keepContents: true })
    await using playing = await play(file, 10)
    const { messages, ...rest } = streamed
    const answer = await post(
      playing.player.url,
      `{"messages": ${JSON.stringify(messages)}, "model":"m", "stream":true}`,
    )
    expect(rest.model).toBe('m')
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(await answer.text()).toBe(answers[0])
    const limited = await post(playing.player.url, whole)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await limited.text()).toBe(answers[1])
  })

  it('keeps the recorded times, or divides them by the speed', async () => {
    await using folder = await makeTemporaryFolder()
    const { file } = await record({ path: folder.file('tape.ndjson') })
    const elapsedMs = async (speed: number) => {
      await using playing = await play(file, speed)
      const startNs = clock.monoNs()
      await (await post(playing.player.url, streamed)).text()
      return (clock.monoNs() - startNs) / 1e6
    }
    expect(await elapsedMs(1)).toBeGreaterThanOrEqual(75)
    expect(await elapsedMs(20)).toBeLessThan(70)
  })

  it('breaks off where the recorded answer broke off', async () => {
    await using folder = await makeTemporaryFolder()
    const { file } = await record({ path: folder.file('tape.ndjson') })
    await using playing = await play(file, 10)
    const answer = await post(playing.player.url, { ...streamed, user: 'break' })
    await expect(answer.text()).rejects.toThrow()
  })

  it('answers 404 to what was never recorded', async () => {
    await using folder = await makeTemporaryFolder()
    const { file } = await record({ path: folder.file('tape.ndjson') })
    await using playing = await play(file, 10)
    const answer = await post(playing.player.url, { ...streamed, model: 'other' })
    expect(answer.status).toBe(404)
    expect(await answer.text()).toMatch(/cassette_miss/)
    expect(playing.player.missed()).toBe(1)
  })

  it('plays several answers to one request in their order, then from the first again', async () => {
    const take = {
      kind: 'exchange',
      key: '',
      method: 'POST',
      path: '/x',
      status: 200,
      headers: {},
      headers_us: 0,
      end_us: 0,
      ended: 'complete',
    } as const
    const { requestKey } = await import('../../../src/sim/cassette/request-key.ts')
    const key = requestKey({ method: 'POST', path: '/x', body: '{}' })
    const cassette = {
      header: { kind: 'cassette', version: 1, recorded_epoch_us: 0, upstream: '', contents: true } as const,
      takes: [
        { ...take, key, chunks: [[0, 'a'] as [number, string]] },
        { ...take, key, chunks: [[0, 'b'] as [number, string]] },
      ],
    }
    const player = await openPlayer({ cassette, clock, port: 0, speed: 1 })
    const told = []
    for (let no = 0; no < 3; no++) told.push(await (await post(player.url, {}, '/x')).text())
    await player.close()
    expect(told).toEqual(['a', 'b', 'a'])
  })
})

describe('a cassette of the simulated providers', () => {
  it('decodes with the official SDK without contents, with usage and lengths as they were', async () => {
    await using folder = await makeTemporaryFolder()
    const endpoint = endpointOf()
    const sim = await openSimulatedProviders({
      catalog: catalogOf(endpoint),
      clock,
      rng: createRng('tape'),
      port: 0,
      speed: 200,
      faults: [],
    })
    const path = folder.file('tape.ndjson')
    const upstream = `${sim.url}/deepinfra/v1`
    const recorder = await openRecorder({ upstream, path, clock, port: 0, keepContents: false })
    const live = await ask(recorder.url, endpoint.upstreamModel)
    await recorder.close()
    await sim.close()
    const cassette = parseCassette({ file: path, text: await readFile(path, 'utf8') })
    const player = await openPlayer({ cassette, clock, port: 0, speed: 1 })
    const played = await ask(player.url, endpoint.upstreamModel)
    await player.close()
    expect(played.usage).toEqual(live.usage)
    expect(played.usage).toBeTruthy()
    expect(played.text).toHaveLength(live.text.length)
    expect(played.text).not.toBe(live.text)
  })
})

async function ask(baseURL: string, model: string) {
  const openai = new OpenAI({ baseURL, apiKey: 'secret', maxRetries: 0 })
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Tell me something.' }],
    max_tokens: 20,
    stream: true,
    stream_options: { include_usage: true },
  })
  let said = ''
  let usage: unknown = null
  for await (const chunk of stream) {
    said += chunk.choices[0]?.delta.content ?? ''
    usage = chunk.usage ?? usage
  }
  return { text: said, usage }
}
