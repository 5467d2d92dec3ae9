import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  type Script,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a' })
const b = endpointOf({ provider: 'b', input: 2, parameters: ['tools'] })

describe('the edge of the router', () => {
  it.each([
    ['no JSON', '{"model"', 'The request body is no JSON object'],
    ['an array', '[]', 'The request body is no JSON object'],
    ['no messages', { model: 'acme/one' }, 'messages: '],
    ['a wrong role', ask({ messages: [{ role: 1 }] }), 'messages.0.role: '],
    ['no model', ask({ model: null }), 'model: No models provided'],
    ['a wrong type', ask({ stream: 'yes', max_tokens: 0 }), 'max_tokens: '],
    ['two wrong types', ask({ stream: 'yes', max_tokens: 0 }), 'stream: '],
    ['a long session', ask({ session_id: 's'.repeat(257) }), 'session_id: '],
    ['a wrong preference', ask({ provider: { order: 'a' } }), 'provider.order: '],
    ['a long chain', ask({ models: Array.from({ length: 9 }, (_, i) => `m/${i}`) }), 'models: '],
    ['too many messages', ask({ messages: Array(10_001).fill(0) }), 'messages: more than 10000 items'],
    ['too many tools', ask({ tools: Array(1_001).fill(0) }), 'tools: more than 1000 items'],
    ['too many providers', ask({ provider: { only: Array(201).fill('a') } }), 'provider.only: more than 200'],
    ['twelve problems', ask({ messages: Array(12).fill(0) }), '; and 2 more'],
    ['deep nesting', `{"messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'body: nested deeper'],
  ])('refuses %s with 400 and a message that names it', async (_name, body, part) => {
    await using router = await openTestRouter([a], { a: answering('No') })
    const response = await fetch(`${router.url}/api/v1/chat/completions`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const { error } = await bodyOf(response)
    expect(response.status).toBe(400)
    expect(error.message).toContain(part)
    expect(error).toMatchObject({ code: 400, error_type: 'invalid_request' })
    expect(router.calls).toEqual([])
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      vantage: 'router',
      outcome: 'error',
      fault: 'client',
      error_type: 'invalid_request',
      attempts: 0,
      cost_usd: 0n,
    })
  })

  it('names a model that the catalogue does not have, in the chain too', async () => {
    await using router = await openTestRouter([a], {})
    const { error } = await bodyOf(router.post(ask({ models: ['acme/none'] })))
    expect(error.message).toBe('acme/none is not a valid model ID')
    expect(error.availability).toMatchObject({
      code: 'model_not_found',
      requested_models: ['acme/one', 'acme/none'],
    })
  })

  it('repeats no more than the beginning of a long model name', async () => {
    await using router = await openTestRouter([a], {})
    const text = await (await router.post(ask({ model: 'm'.repeat(100_000) }))).text()
    expect(text.length).toBeLessThan(2_000)
  })

  it.each([401, 402, 403, 500])('tells nobody the key that a provider quotes with %i', async status => {
    const quoting: Script = (response, { headers }) =>
      response.writeHead(status).end(JSON.stringify({ error: { message: `bad ${headers.authorization}` } }))
    await using router = await openTestRouter([a], { a: quoting })
    const { error } = await bodyOf(router.post(ask()))
    expect(error.metadata['raw']).toBe(status === 500 ? 'bad Bearer ***' : undefined)
    expect(JSON.stringify(error)).not.toContain('sk-secret')
  })

  it('answers a URL that is none with 400', async () => {
    await using router = await openTestRouter([a], {})
    const status = await new Promise(resolve => {
      request(router.url, { path: '//' }, ({ statusCode }) => resolve(statusCode)).end()
    })
    expect(status).toBe(400)
    expect(router.defects).toEqual([])
  })

  it('passes on one event that is longer than what may be unsent', async () => {
    await using router = await openTestRouter([a], { a: answering('x'.repeat(6 * 2 ** 20)) })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(isDone).toBe(true)
    expect(textOf(chunks)).toHaveLength(6 * 2 ** 20)
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'ok' })
  })

  it('holds back a bounded length of events before the first token', async () => {
    const chatty: Script = response => {
      const send = openStream(response)
      for (let i = 0; i < 40; i++) send({ ...chunkOf({ role: 'assistant' }), pad: 'x'.repeat(2 ** 17) })
      send(chunkOf({ content: 'Hi' }, 'stop'))
      response.end()
    }
    await using router = await openTestRouter([a], { a: chatty })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Hi')
    expect(chunks.length).toBeLessThan(12)
  })

  it('refuses a body beyond the bound with 413', async () => {
    await using router = await openTestRouter([a], {}, { settings: { maxBodyBytes: 1_000 } })
    const response = await router.post(ask({ user: 'u'.repeat(2_000) }))
    expect(response.status).toBe(413)
    expect((await bodyOf(response)).error).toMatchObject({ code: 413, error_type: 'payload_too_large' })
  })

  it('passes unknown fields through and never a key to the caller', async () => {
    await using router = await openTestRouter([a], { a: refusing(500) })
    const response = await router.post(ask({ novelty: { deep: [true] } }))
    expect(router.calls[0]?.body['novelty']).toEqual({ deep: [true] })
    const told = JSON.stringify([await response.text(), [...response.headers]])
    const { requests, attempts } = await recordsOf(router.sink)
    const kept = JSON.stringify([requests, attempts], (_key, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
    expect(told + kept).not.toContain('sk-secret')
  })

  it.each([
    ['GET', '/api/v1/chat/completions', 405],
    ['POST', '/api/v1/models', 405],
    ['GET', '/api/v1/nothing', 404],
    ['GET', '/', 404],
    ['GET', '/api/v1/models/acme/none/endpoints', 404],
    ['GET', '/api/v1/models/%E0%A4%A/x/endpoints', 404],
    ['GET', '/api/v1/generation?id=gen-none', 404],
  ])('answers %s %s with %i and an error body', async (method, path, status) => {
    await using router = await openTestRouter([a], {})
    const response = await fetch(`${router.url}${path}`, { method })
    expect(response.status).toBe(status)
    expect((await bodyOf(response)).error.code).toBe(status)
  })

  it('answers under /v1 too', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') })
    const response = await fetch(`${router.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask()),
    })
    expect(response.status).toBe(200)
  })
})

describe('no endpoints', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const constraint = { status: 404, code: 'constraint_filtered', start: 'No endpoints found' }
  const providers = { excludedBy: ['allowed_providers'], start: 'No allowed providers' }
  const tooLong = 'x'.repeat(400_001)
  const strict = { provider: { ignore: ['b'], require_parameters: true }, tool_choice: 'auto', tools }
  it.each([
    [{ provider: { only: ['none'] } }, { ...constraint, ...providers }],
    [{ provider: { ignore: ['a', 'b'] } }, { ...constraint, ...providers }],
    [{ provider: { max_price: { prompt: 0 } } }, { ...constraint, excludedBy: ['max_price'] }],
    [strict, { ...constraint, excludedBy: ['allowed_providers', 'require_parameters'] }],
    [{ max_tokens: 10_001 }, { ...constraint, status: 400, excludedBy: ['max_tokens'] }],
    [{ max_tokens: 10_000_000 }, { ...constraint, status: 400, excludedBy: ['max_tokens'] }],
    [
      { messages: [{ role: 'user', content: tooLong }] },
      {
        ...constraint,
        status: 400,
        excludedBy: ['context_length'],
        start: "This endpoint's maximum context length is 100000 tokens. ",
      },
    ],
  ])('for %j names the filter', async (more, { status, code, excludedBy, start }) => {
    const plain = endpointOf({ provider: 'a', parameters: [] })
    await using router = await openTestRouter([plain, b], {})
    const response = await router.post(ask(more))
    const { error } = await bodyOf(response)
    expect(response.status).toBe(status)
    expect(error.availability).toMatchObject({ code, retryable: false, excluded_by: excludedBy })
    expect(error.message.startsWith(start)).toBe(true)
    expect(error.metadata['excluded']).toHaveLength(2)
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'error',
      fault: status === 404 ? 'policy' : 'client',
      error_type: status === 404 ? 'no_endpoints' : 'context_length_exceeded',
      attempts: 0,
    })
  })

  it('under a data policy says so', async () => {
    const trains = endpointOf({ provider: 'a', more: { dataPolicy: { trains: true, retains: true } } })
    await using router = await openTestRouter([trains], {})
    const { error } = await bodyOf(router.post(ask({ provider: { data_collection: 'deny' } })))
    expect(error.message).toMatch(/^No endpoints found matching your data policy \(/)
    expect(error.availability).toMatchObject({
      code: 'privacy_restricted',
      excluded_by: ['data_policy:training'],
    })
  })

  it.each([['key_missing', { upstream: () => ({ baseUrl: '', keys: [] }) }, {}]] as const)(
    'by %s is the excluded_by',
    async (rule, options, spec) => {
      await using router = await openTestRouter([endpointOf({ provider: 'a', ...spec })], {}, options)
      const { error } = await bodyOf(router.post(ask()))
      expect(error.availability).toMatchObject({ code: 'no_endpoints', excluded_by: [rule] })
    },
  )
})
