import { readFileSync } from 'node:fs'
import { OpenRouter } from '@openrouter/sdk'
import { OpenRouterError, ResponseValidationError } from '@openrouter/sdk/models/errors'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '../../src/catalog/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { openStream, usageChunk } from '../support/scripted-server.ts'
import { keyOf } from './keys/key-of.ts'
import {
  answering,
  cutting,
  openTestRouter,
  refusing,
  type Script,
  silent,
  type TestRouter,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2, cacheRead: 0.1 })
const b = endpointOf({ provider: 'b', input: 2, output: 3 })
const messages = [{ role: 'user' as const, content: 'Hello?' }]
const question = { model: 'acme/one', messages }

/** Every answer goes through the SDK's own schemas; it throws where one does not fit. */
function clientOf(router: TestRouter, apiKey = 'any'): OpenRouter {
  const serverURL = `${router.url}/api/v1`
  return new OpenRouter({ serverURL, apiKey, retryConfig: { strategy: 'none' } })
}

/** The answer to a question without a stream. */
async function send(client: OpenRouter, more: object = {}) {
  const chatRequest = { ...question, ...more, stream: false as const }
  const answer = await client.chat.send({ chatRequest, xOpenRouterMetadata: 'enabled' })
  if (!('choices' in answer)) throw new Error('a stream came')
  return answer
}

async function stream(client: OpenRouter) {
  const chatRequest = { ...question, stream: true as const }
  const answer = await client.chat.send({ chatRequest, xOpenRouterMetadata: 'enabled' })
  if ('choices' in answer) throw new Error('no stream came')
  return collect(answer)
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** What hosts send beyond, or other than, OpenAI. */
const oddMessage = {
  role: null,
  content: 'Hi',
  tool_calls: null,
  function_call: null,
  audio: null,
  images: null,
  annotations: null,
  reasoning_details: null,
  reasoning_content: 'Hm',
}

function whole(body: object): Script {
  return response => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'x', ...body }))
  }
}

function streaming(...chunks: readonly object[]): Script {
  return response => {
    const write = openStream(response)
    for (const chunk of chunks) write(chunk)
    write('[DONE]')
    response.end()
  }
}

describe('chat through @openrouter/sdk', () => {
  it('reads an answer with metadata', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello you') })
    const answer = await send(clientOf(router))
    expect(answer).toMatchObject({
      model: 'acme/one',
      systemFingerprint: null,
      choices: [{ finishReason: 'stop', message: { content: 'Hello you' } }],
      usage: { promptTokens: 10, totalTokens: 15, cost: 0.00002 },
      openrouterMetadata: { strategy: 'direct', attempt: 1 },
    })
  })

  it('reads an answer without usage, and one with every oddity of hosts', async () => {
    const calls = [{ id: 't', function: { name: 'f', arguments: '{}' } }]
    const odd = { message: { ...oddMessage, tool_calls: calls }, finish_reason: 'eos' }
    await using router = await openTestRouter([a], { a: whole({ system_fingerprint: null, choices: [odd] }) })
    const answer = await send(clientOf(router))
    expect(answer.usage).toBeUndefined()
    expect(answer.choices[0]).toMatchObject({
      index: 0,
      finishReason: 'stop',
      message: { reasoning: 'Hm', toolCalls: [{ id: 't', type: 'function' }] },
    })
  })

  it('reads an answer whose cost is not known', async () => {
    const body = { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage: null }
    await using router = await openTestRouter([a, b], { a: silent, b: whole(body) }, timeouts)
    const answer = await send(clientOf(router))
    expect(answer.choices[0]?.message.content).toBe('Hi')
  })

  it('reads JSON mode and passes the schema on', async () => {
    await using router = await openTestRouter([a], { a: answering('{"x":1}') })
    const responseFormat = { type: 'json_object' as const }
    const answer = await send(clientOf(router), { responseFormat })
    expect(answer.choices[0]?.message.content).toBe('{"x":1}')
    expect(router.calls[0]?.body).toMatchObject({ response_format: { type: 'json_object' } })
  })

  it('reads the part of an answer that broke off without a stream', async () => {
    const broken = whole({
      choices: [{ index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: 'error' }],
      error: { code: 502, message: 'lost' },
    })
    await using router = await openTestRouter([a], { a: broken })
    const answer = await send(clientOf(router))
    expect(answer.choices[0]).toMatchObject({ finishReason: 'error', message: { content: 'Half' } })
  })
})

describe('streams through @openrouter/sdk', () => {
  it('reads every chunk, usage once, and metadata on the last one', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(500), b: answering('Hello to you') })
    const chunks = await stream(clientOf(router))
    expect(chunks.map(c => c.choices[0]?.delta.content ?? '').join('')).toBe('Hello to you')
    expect(chunks.filter(c => c.usage)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], openrouterMetadata: { attempt: 2 } })
  })

  it('reads tool calls in pieces with every oddity of hosts', async () => {
    const first = { id: 't', type: 'function', function: { name: 'f', arguments: '' } }
    const next = { index: 0, id: null, type: null, function: { name: null, arguments: '{}' } }
    const odd = streaming(
      { system_fingerprint: null, choices: [{ delta: { ...oddMessage, tool_calls: [first] } }] },
      { choices: [{ index: 0, delta: { role: null, content: null, tool_calls: [next] } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_use' }] },
      usageChunk(5, 5),
    )
    await using router = await openTestRouter([a], { a: odd })
    const chunks = await stream(clientOf(router))
    const calls = chunks.flatMap(c => c.choices[0]?.delta.toolCalls ?? [])
    expect(calls).toMatchObject([
      { index: 0, id: 't', function: { name: 'f' } },
      { function: { arguments: '{}' } },
    ])
    expect(chunks.at(-2)?.choices[0]?.finishReason).toBe('tool_calls')
  })

  it('reads the error event of a stream that breaks off', async () => {
    await using router = await openTestRouter([a], { a: cutting })
    const chunks = await stream(clientOf(router))
    expect(chunks.at(-1)).toMatchObject({
      error: {
        code: 502,
        message: 'Provider returned error',
        metadata: { errorType: 'provider_unavailable' },
      },
      choices: [{ finishReason: 'error' }],
    })
  })

  it('reads the error event of a request that fails behind a keep-alive comment', async () => {
    const settings = { ...timeouts.settings, keepAliveFirstMs: 5 }
    await using router = await openTestRouter([a], { a: silent }, { settings })
    const chunks = await stream(clientOf(router))
    expect(chunks).toMatchObject([{ error: { code: 504 } }])
  })
})

const timeouts = { settings: { attemptTimeoutMs: 40, firstTokenTimeoutMs: 40 } }
const inference = keyOf('app')
const management = keyOf('boss', { kind: 'management' })
const poor = keyOf('poor', { budget: { limit: 0n, reset: 'never' } })
const withKeys = { settings: { callers: { keys: [inference, management, poor], credits: null } } }

describe('errors through @openrouter/sdk', () => {
  it.each([
    ['a wrong field', 400, refusing(400), { maxTokens: -1 }, {}],
    ['an unknown model', 400, refusing(400), { model: 'no/such' }, {}],
    ['a refusal of the provider', 400, refusing(400), {}, {}],
    ['its lack of permission', 403, refusing(403), {}, {}],
    ['no endpoint', 404, refusing(404), { provider: { only: ['none'] } }, {}],
    ['a body too long', 413, refusing(413), { user: 'u'.repeat(500) }, { settings: { maxBodyBytes: 400 } }],
    ['what the provider cannot process', 422, refusing(422), {}, {}],
    ['its rate limit', 429, refusing(429, { 'retry-after': '2' }), {}, {}],
    ['its defect', 502, refusing(500), {}, {}],
    ['our key there', 502, refusing(401), {}, {}],
    ['our account there', 502, refusing(402), {}, {}],
    ['its overload', 503, refusing(503), {}, {}],
    ['its silence', 504, silent, {}, timeouts],
    ['no key', 401, refusing(500), {}, withKeys],
  ] as const)('are its own classes for %s (%i)', async (_name, status, script, more, options) => {
    await using router = await openTestRouter([a], { a: script }, options)
    const failed = send(clientOf(router), more)
    await expect(failed).rejects.toBeInstanceOf(OpenRouterError)
    await expect(failed).rejects.not.toBeInstanceOf(ResponseValidationError)
    await expect(failed).rejects.toMatchObject({ statusCode: status })
  })

  it('are its own classes for an empty budget (402) and a key that may not call (403)', async () => {
    await using router = await openTestRouter([a], { a: answering('No') }, withKeys)
    await expect(send(clientOf(router, 'rb-poor'))).rejects.toMatchObject({
      name: 'PaymentRequiredResponseError',
    })
    await expect(send(clientOf(router, 'rb-boss'))).rejects.toMatchObject({ name: 'ForbiddenResponseError' })
  })

  it('are its own class for a defect of the router (500)', async () => {
    const upstream = () => {
      throw new Error('a bug')
    }
    await using router = await openTestRouter([a], {}, { upstream })
    await expect(send(clientOf(router))).rejects.toMatchObject({
      name: 'InternalServerResponseError',
      statusCode: 500,
    })
  })
})

describe('reads through @openrouter/sdk', () => {
  it('are models, their count, one model, its endpoints and those that keep nothing', async () => {
    await using router = await openTestRouter([a, b], { a: answering('Hi') })
    await router.post({ ...question })
    const client = clientOf(router)
    const pages = await collect(await client.models.list())
    expect(pages[0]?.result.data.map(model => model.id)).toEqual(['acme/one'])
    expect((await client.models.count()).data.count).toBe(1)
    const named = { author: 'acme', slug: 'one' }
    expect((await client.models.get(named)).data.pricing.prompt).toBe('0.000001')
    const { data } = await client.endpoints.list(named)
    expect(data.endpoints.map(endpoint => endpoint.tag)).toEqual(['a', 'b'])
    expect((await client.endpoints.listZdrEndpoints()).data).toHaveLength(2)
    expect((await client.providers.list()).data.map(provider => provider.slug)).toEqual(['a', 'b'])
  })

  it('are every model and endpoint of the built-in catalogue', async () => {
    const names = ['catalog/providers.yaml', 'catalog/models.yaml']
    const parsed = parseCatalog({ files: names.map(name => ({ name, text: readFileSync(name, 'utf8') })) })
    if (!parsed.ok) throw new Error('the catalogue has problems')
    await using router = await openTestRouter([], {}, { catalog: parsed.catalog })
    const client = clientOf(router)
    const pages = await collect(await client.models.list({ limit: 20, outputModalities: 'all' }))
    const models = pages.flatMap(page => page.result.data)
    expect(models.map(({ id }) => id)).toEqual([...parsed.catalog.models.keys()])
    for (const { id } of models) {
      const [author = '', slug = ''] = id.split('/')
      const { data } = await client.endpoints.list({ author, slug })
      expect(data.endpoints).toHaveLength(parsed.catalog.models.get(id)?.endpoints.length ?? 0)
    }
    expect((await client.providers.list()).data).toHaveLength(parsed.catalog.providers.size)
  })

  it.each([
    ['an answer', answering('Hi'), {}],
    ['a stream', answering('Hi'), { stream: true }],
    ['a failure', refusing(500), {}],
    ['an unknown cost', silent, {}],
  ] as const)('are the generation of %s', async (_name, script, more) => {
    await using router = await openTestRouter([a], { a: script }, timeouts)
    const response = await router.post({ ...question, ...more })
    await response.text()
    const id = response.headers.get('x-generation-id') ?? ''
    const { data } = await clientOf(router).generations.getGeneration({ id })
    expect(data).toMatchObject({ id, model: 'acme/one', providerResponses: [{ endpointId: 'a/one' }] })
    const content = clientOf(router).generations.listGenerationContent({ id })
    await expect(content).rejects.toMatchObject({ name: 'NotFoundResponseError' })
  })

  it('are key, credits and activity, the last two for management keys only', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') }, withKeys)
    await router.post(question, { authorization: 'Bearer rb-app' })
    const app = clientOf(router, 'rb-app')
    const boss = clientOf(router, 'rb-boss')
    const { data } = await app.apiKeys.getCurrentKeyMetadata()
    expect(data).toMatchObject({ label: 'app', usage: 0.00002, isManagementKey: false })
    expect((await boss.credits.getCredits()).data.totalUsage).toBe(0.00002)
    expect((await boss.analytics.getUserActivity()).data).toEqual([])
    await expect(app.credits.getCredits()).rejects.toMatchObject({ name: 'ForbiddenResponseError' })
    await expect(app.analytics.getUserActivity()).rejects.toMatchObject({ statusCode: 403 })
    await expect(clientOf(router, 'wrong').credits.getCredits()).rejects.toMatchObject({ statusCode: 401 })
  })
})
