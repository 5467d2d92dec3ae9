import { Agent, request } from 'undici'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const supportedParameters = new Set(['tools', 'reasoning'])
const hosts = ['openai', 'groq', 'deepseek', 'together', 'anthropic', 'google-ai-studio']
const endpoints = hosts.map(provider =>
  endpointOf({
    provider,
    supportedParameters,
    rateLimits: { requestsPerMinute: 100, tokensPerMinute: null, requestsPerDay: 1000 },
  }),
)
const [{ upstreamModel: model } = endpointOf()] = endpoints
const sim = await openSimulatedProviders({
  catalog: catalogOf(...endpoints),
  clock: createSystemClock(),
  rng: createRng('protocols'),
  port: 0,
  speed: 200,
  faults: [],
})
const dispatcher = new Agent()

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(async () => {
  await dispatcher.close()
  await sim.close()
})

const keys = { authorization: 'Bearer secret', 'x-api-key': 'secret', 'x-goog-api-key': 'secret' }

function send(path: string, body: unknown, method: 'POST' | 'GET' = 'POST', headers = {}) {
  return request(`${sim.url}${path}`, {
    method,
    dispatcher,
    headers: { ...keys, ...headers },
    ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  })
}

const tool = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

async function chunksOf(provider: string, content: string, more = {}) {
  const messages = [{ role: 'user', content }]
  const response = await send(`/${provider}/v1/chat/completions`, { model, messages, stream: true, ...more })
  const records = (await response.body.text()).split('\n\n').filter(Boolean)
  const chunks = records.slice(0, -1).map(record => JSON.parse(record.slice('data: '.length)))
  return { headers: response.headers, chunks }
}

describe('dialects of chat completions', () => {
  it.each([
    ['openai', undefined],
    ['groq', 'reasoning'],
    ['deepseek', 'reasoning_content'],
    ['together', 'reasoning_content'],
  ])('shows the reasoning of %s in the field %s', async (provider, field) => {
    const { chunks } = await chunksOf(provider, 'Reply with exactly: done', {
      reasoning_effort: 'low',
      stream_options: { include_usage: true },
    })
    const fields = chunks.flatMap(({ choices }) => Object.keys(choices[0]?.delta ?? {}))
    expect(fields.find(name => name.startsWith('reasoning'))).toBe(field)
    const usage = chunks.at(-1).usage
    expect(usage.completion_tokens_details.reasoning_tokens).toBe(usage.completion_tokens - 1)
    expect(usage.completion_tokens).toBeGreaterThan(1)
  })

  it.each([
    ['groq', 1, 'tool_calls'],
    ['deepseek', 1, 'tool_calls'],
    ['together', 0, undefined],
  ])('tells usage at %s on the chunk it tells it on', async (provider, choices, reason) => {
    const more = { tools: [tool], stream_options: { include_usage: true } }
    const last = (await chunksOf(provider, 'The weather?', more)).chunks.at(-1)
    expect(last.usage.total_tokens).toBeGreaterThan(0)
    expect(last.choices.length).toBe(choices)
    expect(last.choices[0]?.finish_reason).toBe(reason)
  })

  it('sends a tool call whole at Groq and in pieces elsewhere', async () => {
    const callsOf = async (provider: string) =>
      (await chunksOf(provider, 'The weather?', { tools: [tool] })).chunks.flatMap(
        ({ choices }) => choices[0]?.delta.tool_calls ?? [],
      )
    const whole = await callsOf('groq')
    expect(whole.length).toBe(1)
    expect(JSON.parse(whole[0].function.arguments)).toMatchObject({ city: expect.any(String) })
    const pieces = await callsOf('together')
    expect(pieces[0]).toMatchObject({
      index: 0,
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    })
    expect(pieces.slice(1).every(piece => Object.keys(piece).join() === 'index,function')).toBe(true)
    const text = pieces.map(piece => piece.function.arguments).join('')
    expect(JSON.parse(text)).toMatchObject({ city: expect.any(String) })
  })

  it.each([
    ['together', '100'],
    ['groq', '1000'],
    ['deepseek', undefined],
  ])('tells the request limit of %s in its headers as %s', async (provider, limit) => {
    const { headers } = await chunksOf(provider, 'Hi')
    expect(headers['x-ratelimit-limit-requests']).toBe(limit)
  })
})

const paths = {
  openai: '/openai/v1/chat/completions',
  anthropic: '/anthropic/v1/messages',
  gemini: `/google-ai-studio/v1beta/models/${model}:generateContent`,
}

describe('bad requests', () => {
  it.each([
    [paths.openai, { error: { type: 'invalid_request_error', param: null } }],
    [paths.anthropic, { type: 'error', error: { type: 'request_too_large' } }],
    [paths.gemini, { error: { code: 413 } }],
  ])('turns down a body over the limit at %s and goes on', async (path, body) => {
    const response = await send(path, `"${'x'.repeat(32 * 2 ** 20)}"`)
    expect(response.statusCode).toBe(413)
    expect(await response.body.json()).toMatchObject(body)
    const next = await send(path, '{')
    expect(next.statusCode).toBe(400)
    await next.body.dump()
  })

  it.each([
    ['/openai/v1/embeddings', {}, { error: { type: 'invalid_request_error', code: null } }],
    ['/anthropic/v1/messages/batches', {}, { type: 'error', error: { type: 'not_found_error' } }],
    ['/anthropic/v1/files', { 'anthropic-version': '2023-06-01' }, { error: { type: 'not_found_error' } }],
    ['/google-ai-studio/v1beta/files', {}, { error: { code: 404, status: 'NOT_FOUND' } }],
    [`/google-ai-studio/v1beta/models/${model}:embedContent`, {}, { error: { status: 'NOT_FOUND' } }],
    ['/%/v1/chat/completions', {}, { error: { type: 'invalid_request_error' } }],
  ])('answers the unknown path %s in the shape of its protocol', async (path, headers, body) => {
    const response = await send(path, { model, messages: [{ role: 'user', content: 'Hi' }] }, 'POST', headers)
    expect(response.statusCode).toBe(404)
    expect(await response.body.json()).toMatchObject(body)
  })

  it.each([
    [paths.openai, { error: { type: 'invalid_request_error' } }],
    [paths.anthropic, { type: 'error', error: { type: 'invalid_request_error' } }],
    [paths.gemini, { error: { code: 405 } }],
  ])('answers the wrong method at %s, naming the right one', async (path, body) => {
    const response = await send(path, null, 'GET')
    expect(response.statusCode).toBe(405)
    expect(response.headers['allow']).toBe('POST')
    expect(await response.body.json()).toMatchObject(body)
  })

  it('streams Gemini without `alt=sse` as one JSON array of the same responses', async () => {
    const path = `/google-ai-studio/v1beta/models/${model}:streamGenerateContent`
    const body = { contents: [{ parts: [{ text: 'Tell me something.' }] }] }
    const draw = { 'x-routebench-draw': 'array' }
    const array = await send(path, body, 'POST', draw)
    expect(array.headers['content-type']).toBe('application/json; charset=UTF-8')
    const responses: unknown = await array.body.json()
    sim.reset({ faults: [], rng: null })
    const events = await (await send(`${path}?alt=sse`, body, 'POST', draw)).body.text()
    const records = events.split('\n\n').filter(record => record !== '')
    expect(responses).toEqual(records.map(record => JSON.parse(record.slice('data: '.length))))
  })

  it.each([paths.anthropic, paths.gemini])('wants a key at %s', async path => {
    const body = {
      model,
      max_tokens: 5,
      messages: [{ role: 'user', content: 'Hi' }],
      contents: [{ parts: [{ text: 'Hi' }] }],
    }
    const unnamed = { authorization: '', 'x-api-key': '', 'x-goog-api-key': '' }
    const response = await send(path, body, 'POST', unnamed)
    expect([401, 403]).toContain(response.statusCode)
    await response.body.dump()
    const inQuery = await send(`${path}?key=secret`, body, 'POST', unnamed)
    expect(inQuery.statusCode).toBe(path === paths.gemini ? 200 : 401)
    await inQuery.body.dump()
  })
})
