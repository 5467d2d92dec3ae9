import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import { keyOf } from './keys/key-of.ts'
import {
  answering,
  cutting,
  openTestRouter,
  refusing,
  type Script,
  type TestRouter,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })
const question = { model: 'acme/one', messages: [{ role: 'user' as const, content: 'Hello?' }] }

function clientOf(router: TestRouter): OpenAI {
  return new OpenAI({ baseURL: `${router.url}/api/v1`, apiKey: 'any', maxRetries: 0 })
}

describe('the official openai client', () => {
  it('reads an answer', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello you') })
    const answer = await clientOf(router).chat.completions.create(question)
    expect(answer.choices[0]?.message.content).toBe('Hello you')
    expect(answer.usage).toMatchObject({ prompt_tokens: 10, total_tokens: 15 })
  })

  it('reads a stream, with the usage at its end', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(500), b: answering('Hello to you') })
    const stream = await clientOf(router).chat.completions.create({ ...question, stream: true })
    let text = ''
    let total = 0
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      total += chunk.usage?.total_tokens ?? 0
    }
    expect(text).toBe('Hello to you')
    expect(total).toBe(15)
  })

  it('reads streamed tool calls', async () => {
    const call = { index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '' } }
    const calling: Script = response => {
      const write = openStream(response)
      write(chunkOf({ role: 'assistant', tool_calls: [call] }))
      write(chunkOf({ tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] }))
      write(chunkOf({}, 'tool_calls'))
      write(usageChunk(9, 9))
      write('[DONE]')
      response.end()
    }
    await using router = await openTestRouter([a], { a: calling })
    const answer = await clientOf(router).chat.completions.stream(question).finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ id: 't1', function: { name: 'f', arguments: '{"x":1}' } }] },
    })
  })

  it.each([
    [BadRequestError, refusing(400), { model: 'no/such' }, 'no/such is not a valid model ID'],
    [BadRequestError, refusing(400), { max_tokens: 0 }, 'max_tokens'],
    [BadRequestError, refusing(400), {}, 'Provider returned error'],
    [PermissionDeniedError, refusing(403), {}, 'Provider returned error'],
    [NotFoundError, refusing(500), { provider: { only: ['z'] } }, 'No allowed providers are available'],
    [UnprocessableEntityError, refusing(422), {}, 'Provider returned error'],
    [RateLimitError, refusing(429, { 'retry-after': '3' }), {}, 'Provider returned error'],
    [InternalServerError, refusing(503), {}, 'Provider returned error'],
    [InternalServerError, refusing(401), {}, 'Provider returned error'],
  ])('throws its %o', async (kind, script, more, message) => {
    await using router = await openTestRouter([a], { a: script })
    const failed = clientOf(router).chat.completions.create({ ...question, ...more })
    await expect(failed).rejects.toBeInstanceOf(kind)
    await expect(failed).rejects.toThrow(message)
  })

  it('reads code, headers and metadata out of an error', async () => {
    await using router = await openTestRouter([a], { a: refusing(429, { 'retry-after': '3' }) })
    const error: unknown = await clientOf(router)
      .chat.completions.create(question)
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof APIError)) throw new Error('no API error')
    expect(error).toMatchObject({
      status: 429,
      code: 429,
      error: { error_type: 'rate_limit_exceeded', metadata: { provider_name: 'A Cloud', raw: 'no: 429' } },
    })
    expect(error.headers?.get('retry-after')).toBe('3')
    expect(error.headers?.get('retry-after-ms')).toBe('3000')
  })

  it('throws for a key that is wrong', async () => {
    const callers = { keys: [keyOf('app')], credits: null }
    await using router = await openTestRouter([a], { a: answering('No') }, { settings: { callers } })
    const failed = clientOf(router).chat.completions.create(question)
    await expect(failed).rejects.toBeInstanceOf(AuthenticationError)
  })

  it('lists models, and completes a prompt, streamed too', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello you') })
    const client = clientOf(router)
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['acme/one'])
    const prompt = { model: 'acme/one', prompt: 'Say hello' }
    expect((await client.completions.create(prompt)).choices[0]?.text).toBe('Hello you')
    let text = ''
    for await (const chunk of await client.completions.create({ ...prompt, stream: true })) {
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text).toBe('Hello you')
  })

  it('throws on a stream that breaks off, instead of taking it for whole', async () => {
    await using router = await openTestRouter([a], { a: cutting })
    const stream = await clientOf(router).chat.completions.create({ ...question, stream: true })
    const read = async () => {
      for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk')
    }
    await expect(read()).rejects.toThrow('Provider returned error')
  })
})
