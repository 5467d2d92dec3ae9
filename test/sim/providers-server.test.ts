import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { createServer } from 'node:http'
import OpenAI, { APIConnectionError, InternalServerError, RateLimitError } from 'openai'
import { Agent, request } from 'undici'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { type FaultRule, openSimulatedProviders } from '../../src/sim/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const limited = endpointOf({
  provider: 'together',
  rateLimits: { requestsPerMinute: 2, tokensPerMinute: 100_000 },
})
const open = endpointOf()
const model = open.upstreamModel
/** So fast that a median answer takes some 10 ms. */
const speed = 200
const clock = createSystemClock()
const rng = createRng('server')
const catalog = catalogOf(open, limited)
const options = { catalog, clock, rng, port: 0, speed, faults: [] }
const sim = await openSimulatedProviders(options)
const agent = new Agent()
const openai = new OpenAI({ baseURL: `${sim.url}/deepinfra/v1`, apiKey: 'secret', maxRetries: 0 })

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(async () => {
  await agent.close()
  await sim.close()
})

interface Ask {
  readonly provider?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly signal?: AbortSignal
}

function post({ provider = 'deepinfra', headers = {}, body = {}, signal }: Ask = {}) {
  return request(`${sim.url}/${provider}/v1/chat/completions`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...body }),
    signal: signal ?? null,
  })
}

async function streamOf(ask: Ask = {}) {
  const response = await post({ ...ask, body: { stream: true, ...ask.body } })
  const records = (await response.body.text()).split('\n\n').filter(Boolean)
  return { response, records: records.map(record => record.replace(/^data: /, '')) }
}

async function completionOf(ask: Ask): Promise<OpenAI.ChatCompletion> {
  const response = await post(ask)
  return JSON.parse(await response.body.text())
}

function fault(kind: FaultRule['kind'], changes: Partial<FaultRule> = {}): FaultRule {
  const always = { fromMs: 0, toMs: null, ratio: 1, delayMs: 0, status: 503 }
  return { provider: 'deepinfra', model: null, kind, ...always, ...changes }
}

function statsOf(endpoint = open) {
  return sim.stats().endpoints.find(({ endpoint: id }) => id === endpoint.id)
}

/** Tokens of a chat of one message. */
function chatTokens(content: string): number {
  return countTokens(content) + 4 + 3
}

/** A text of so many tokens. */
function wordsOf(tokens: number): string {
  return Array.from({ length: tokens }, () => 'the').join(' ')
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !isSo(); turn++) await new Promise(resolve => setTimeout(resolve, 5))
}

describe('openSimulatedProviders', () => {
  it('streams role, text, finish, usage and end in the order of the real API', async () => {
    const headers = { 'x-routebench-output-tokens': '5' }
    const body = { max_tokens: 5, stream_options: { include_usage: true } }
    const { response, records } = await streamOf({ headers, body })
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/)
    expect(records.at(-1)).toBe('[DONE]')
    const chunks = records.slice(0, -1).map(record => JSON.parse(record))
    expect(chunks.length).toBe(8)
    const head = { object: 'chat.completion.chunk', id: chunks[0].id, model, created: chunks[0].created }
    expect(chunks.every(chunk => chunk.id === head.id && chunk.object === head.object)).toBe(true)
    expect(chunks[0]).toMatchObject({
      ...head,
      choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      usage: null,
    })
    const texts = chunks.slice(1, 6).map(chunk => chunk.choices[0].delta.content)
    expect(texts.every(text => countTokens(text) === 1)).toBe(true)
    expect(chunks[6]).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: null })
    expect(chunks[7]).toMatchObject({
      choices: [],
      usage: { prompt_tokens: chatTokens('Hi'), completion_tokens: 5, total_tokens: chatTokens('Hi') + 5 },
    })
  })

  it('leaves usage out of a stream that did not ask for it', async () => {
    const { records } = await streamOf()
    expect(records.some(record => record.includes('usage'))).toBe(false)
  })

  it('answers what it is told to, in a stream through the official SDK', async () => {
    const content = 'What is 6 times 7?\nReply with exactly: forty-two ≠ 43\nThank you.'
    const stream = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined = null
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toBe('forty-two ≠ 43')
    expect(usage).toMatchObject({ prompt_tokens: chatTokens(content) })
    expect(usage?.completion_tokens).toBe(countTokens(text))
  })

  it('goes on with an answer that the caller has begun', async () => {
    const answer = 'forty-two ≠ 43'
    const asked = { role: 'user', content: `Reply with exactly: ${answer}` }
    const begun = (content: string) => ({ messages: [asked, { role: 'assistant', content }] })
    const texts = []
    for (const content of ['forty-', 'something else'])
      texts.push((await completionOf({ body: begun(content) })).choices[0]?.message.content)
    expect(texts).toEqual(['two ≠ 43', answer])
  })

  it('answers a whole body with exact usage through the official SDK, from the cache the second time', async () => {
    const messages = [{ role: 'user' as const, content: wordsOf(243) }]
    const ask = () => openai.chat.completions.create({ model, messages, max_tokens: 7 })
    const first = await ask()
    expect(first.usage).toMatchObject({
      prompt_tokens: 250,
      total_tokens: 250 + (first.usage?.completion_tokens ?? 0),
    })
    expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0)
    const second = await ask()
    expect(second.usage?.prompt_tokens_details?.cached_tokens).toBe(240)
    expect(second.choices[0]?.message.role).toBe('assistant')
    expect(statsOf()).toMatchObject({
      requests: 2,
      byStatus: { 200: 2 },
      inputTokens: 500,
      cachedTokens: 240,
    })
  })

  it('answers JSON that fits the schema asked for', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        size: { enum: ['small', 'large'] },
        people: { type: 'integer' },
      },
      required: ['city', 'size', 'people'],
    }
    const response_format = { type: 'json_schema', json_schema: { name: 'place', schema } }
    const answer = await completionOf({ body: { response_format } })
    const value = JSON.parse(answer.choices[0]?.message.content ?? '')
    expect(value.city).toBeTypeOf('string')
    expect(['small', 'large']).toContain(value.size)
    expect(Number.isInteger(value.people)).toBe(true)
  })

  it('ends with length when max_tokens cuts the answer', async () => {
    const headers = { 'x-routebench-output-tokens': '50' }
    const answer = await completionOf({ headers, body: { max_tokens: 9 } })
    expect(answer.usage?.completion_tokens).toBe(9)
    expect(answer.choices[0]?.finish_reason).toBe('length')
  })

  it('gives the same request the same answer after a reset', async () => {
    const headers = { 'x-routebench-draw': '1234' }
    const ask = async () => {
      const { id, choices, usage } = await completionOf({ headers })
      return { id, choices, usage }
    }
    const first = await ask()
    expect((await ask()).id).not.toBe(first.id)
    sim.reset({ faults: [], rng: null })
    expect(await ask()).toEqual(first)
    sim.reset({ faults: [], rng: createRng('another') })
    expect((await ask()).id).not.toBe(first.id)
  })

  it.each([
    ['no key', { headers: { authorization: '' } }, 401, 'invalid_api_key'],
    ['an unknown model', { body: { model: 'nobody/nothing' } }, 404, 'model_not_found'],
    ['an unknown provider', { provider: 'nobody' }, 404, 'model_not_found'],
    ['no messages', { body: { messages: [] } }, 400, null],
    ['a wrong max_tokens', { body: { max_tokens: -1 } }, 400, null],
    [
      'a prompt over the context',
      { body: { messages: [{ role: 'user', content: wordsOf(131_072) }] } },
      400,
      'context_length_exceeded',
    ],
  ] as const)('answers %s in the error shape of the real API', async (...row) => {
    const [, ask, status, code] = row
    const response = await post(ask)
    expect(response.statusCode).toBe(status)
    const { error } = JSON.parse(await response.body.text())
    expect(error).toMatchObject({ code, type: 'invalid_request_error' })
    expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  })

  it('answers a body that is not JSON with 400', async () => {
    const url = `${sim.url}/deepinfra/v1/chat/completions`
    const response = await request(url, { method: 'POST', dispatcher: agent, body: '{"model":' })
    expect(response.statusCode).toBe(400)
    await response.body.dump()
  })

  it('shows its limits on every answer and turns down what is over them, per key', async () => {
    const ask = { provider: 'together' }
    // At once: at this speed a minute's allowance is back within 300 ms.
    const answers = await Promise.all([post(ask), post(ask), post(ask)])
    const passed = answers.filter(({ statusCode }) => statusCode === 200)
    await Promise.all(passed.map(({ body }) => body.dump()))
    const left = passed.map(({ headers }) => headers['x-ratelimit-remaining-requests'])
    expect(new Set(left)).toEqual(new Set(['0', '1']))
    expect(passed[0]?.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-reset-requests': expect.stringMatching(/^[\d.]+(ms|s)$/),
    })
    const refused = answers.find(({ statusCode }) => statusCode === 429)
    expect(refused?.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '0', 'retry-after': '1' })
    expect(Number(refused?.headers['retry-after-ms'])).toBeGreaterThan(100)
    expect(await refused?.body.json()).toMatchObject({
      error: { type: 'requests', code: 'rate_limit_exceeded' },
    })
    const other = await post({ ...ask, headers: { authorization: 'Bearer other' } })
    await other.body.dump()
    expect(other.statusCode).toBe(200)
    expect(statsOf(limited)).toMatchObject({ requests: 4, byStatus: { 200: 3, 429: 1 } })
  })

  it('raises the errors of the official SDK', async () => {
    const ask = () => openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] })
    sim.setFaults([fault('rate_limit')])
    await expect(ask()).rejects.toBeInstanceOf(RateLimitError)
    sim.setFaults([fault('status', { status: 503 })])
    await expect(ask()).rejects.toBeInstanceOf(InternalServerError)
    sim.setFaults([fault('outage')])
    await expect(ask()).rejects.toBeInstanceOf(APIConnectionError)
  })

  it('resets connections during an outage and only then', async () => {
    sim.reset({ faults: [fault('outage', { toMs: 60_000 })], rng: null })
    await expect(post()).rejects.toMatchObject({ code: 'ECONNRESET' })
    sim.setFaults([fault('outage', { fromMs: 60_000 })])
    const after = await post()
    await after.body.dump()
    expect(after.statusCode).toBe(200)
    expect(statsOf()).toMatchObject({ requests: 2, byStatus: { reset: 1, 200: 1 } })
  })

  it('cuts streams without a finish: by closing, or by ending early', async () => {
    sim.setFaults([fault('cut_stream')])
    const headers = { 'x-routebench-output-tokens': '6' }
    const ends = new Set<string>()
    for (let at = 0; at < 12; at++) {
      const end = await streamOf({ headers }).then(
        ({ records }) => {
          expect(records.join('')).not.toMatch(/\[DONE\]|"finish_reason":"/)
          expect(records.length).toBeGreaterThanOrEqual(2)
          return 'ended'
        },
        () => 'closed',
      )
      ends.add(end)
    }
    expect(ends).toEqual(new Set(['ended', 'closed']))
    expect(statsOf()).toMatchObject({ cut: 12, byStatus: { 200: 12 } })
    expect(statsOf()?.outputTokens).toBeLessThan(6 * 12)
  })

  it('cuts a whole body short of its announced length', async () => {
    sim.setFaults([fault('cut_stream')])
    const response = await post()
    expect(response.statusCode).toBe(200)
    await expect(response.body.text()).rejects.toThrow()
  })

  it('delays the first token of a slow first token by at least what the fault says', async () => {
    sim.setFaults([fault('slow_first_token', { delayMs: 30 * speed })])
    const startMs = performance.now()
    await streamOf({ headers: { 'x-routebench-output-tokens': '1' } })
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(30)
  })

  it('sends headers at once when only the first token is slow', async () => {
    sim.setFaults([fault('slow_first_token', { delayMs: 1000_000 * speed })])
    const caller = new AbortController()
    const response = await post({ body: { stream: true }, signal: caller.signal })
    expect(response.statusCode).toBe(200)
    caller.abort()
    await expect(response.body.text()).rejects.toThrow()
  })

  it('stops when the caller leaves and counts it', async () => {
    sim.setFaults([fault('slow_first_token', { delayMs: 1000 * speed })])
    const caller = new AbortController()
    const response = await post({ body: { stream: true }, signal: caller.signal })
    caller.abort()
    await expect(response.body.text()).rejects.toThrow()
    await until(() => statsOf()?.canceled === 1)
    expect(statsOf()).toMatchObject({ requests: 1, canceled: 1, outputTokens: 0 })
  })

  it('is reset and read over HTTP', async () => {
    const control = async (body: unknown) => {
      const sent = { method: 'POST', dispatcher: agent, body: JSON.stringify(body) } as const
      const response = await request(`${sim.url}/control/reset`, sent)
      return { status: response.statusCode, body: await response.body.json() }
    }
    await (await post()).body.dump()
    const rule = { provider: 'deepinfra', kind: 'status', status: 500 }
    expect((await control({ seed: 's', faults: [rule] })).status).toBe(200)
    expect((await post()).statusCode).toBe(500)
    const stats = await request(`${sim.url}/control/stats`, { dispatcher: agent })
    expect(await stats.body.json()).toMatchObject({
      endpoints: [{ endpoint: open.id, requests: 1, byStatus: { 500: 1 } }],
      writeLag: { writes: 1 },
    })
    const refused = await control({ faults: [{ ...rule, ratio: 2 }] })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.body)).toContain('ratio')
  })

  it('lists the models of a provider and says that it is well', async () => {
    const models = await openai.models.list()
    expect(models.data.map(({ id }) => id)).toEqual([model])
    const health = await request(`${sim.url}/healthz`, { dispatcher: agent })
    expect(await health.body.json()).toEqual({ status: 'ok' })
    const nowhere = await request(`${sim.url}/nowhere`, { dispatcher: agent })
    expect(nowhere.statusCode).toBe(404)
    await nowhere.body.dump()
  })

  it('says which port is taken', async () => {
    const taken = openSimulatedProviders({ ...options, port: sim.port })
    await expect(taken).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      message: expect.stringContaining(String(sim.port)),
    })
  })

  it('frees its port and its callers when closed', async () => {
    const other = await openSimulatedProviders({
      ...options,
      faults: [fault('slow_first_token', { delayMs: 1e7 })],
    })
    const url = `${other.url}/deepinfra/v1/chat/completions`
    const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] })
    const headers = { authorization: 'Bearer secret' }
    const response = await request(url, { method: 'POST', dispatcher: agent, headers, body })
    await other.close()
    await expect(response.body.text()).rejects.toThrow()
    const next = createServer()
    await new Promise<void>(resolve => next.listen(other.port, '127.0.0.1', resolve))
    await new Promise(resolve => next.close(resolve))
  })
})
