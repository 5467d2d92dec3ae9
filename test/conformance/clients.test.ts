import { OpenRouter } from '@openrouter/sdk'
import { OpenRouterError, ResponseValidationError } from '@openrouter/sdk/models/errors'
import OpenAI, { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import type { RouterSettings } from '../../src/router/index.ts'
import { keyOf } from '../router/keys/key-of.ts'
import {
  answering,
  cutting,
  openTestRouter,
  refusing,
  type Script,
  silent,
  type TestRouter,
} from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { saying } from './scripts.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2, cacheRead: 0.1 })
const messages = [{ role: 'user' as const, content: 'Hello?' }]
const question = { model: 'acme/one', messages }

const openaiOf = ({ url }: TestRouter, apiKey: string) =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 })
const openrouterOf = ({ url }: TestRouter, apiKey: string) =>
  new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: 'none' } })

/** The example of contract section 3.1, as a provider says it. */
const sample = saying({
  id: 'up-1',
  object: 'chat.completion',
  model: 'up-one',
  system_fingerprint: 'fp_x',
  service_tier: 'default',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: {
        role: 'assistant',
        content: 'Hello you',
        reasoning: null,
        reasoning_details: [],
        refusal: null,
        tool_calls: [],
        annotations: [],
        images: [],
      },
    },
  ],
  usage: {
    prompt_tokens: 10_339,
    completion_tokens: 60,
    total_tokens: 10_399,
    prompt_tokens_details: { cached_tokens: 10_318, cache_write_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: null },
  },
})

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Runs a question through both clients; what either throws is kept. */
async function askBoth(
  router: TestRouter,
  { apiKey = 'any', more = {} }: { apiKey?: string; more?: object } = {},
) {
  const chatRequest = { ...question, ...more, stream: false as const }
  const [byOpenai, byOpenrouter] = await Promise.allSettled([
    openaiOf(router, apiKey).chat.completions.create({ ...question, ...more }),
    openrouterOf(router, apiKey).chat.send({ chatRequest, xOpenRouterMetadata: 'enabled' }),
  ])
  return { byOpenai, byOpenrouter }
}

const timeouts = { attemptTimeoutMs: 40 }
const callers = {
  keys: [
    keyOf('any'),
    keyOf('boss', { kind: 'management' }),
    keyOf('poor', { budget: { limit: 0n, reset: 'never' } }),
  ],
  credits: null,
}
const withKeys = { callers }

describe('18. the official clients', () => {
  it.each([
    ['with every field', sample],
    [
      'without usage',
      saying({ id: 'x', choices: [{ message: { content: 'Hello you' }, finish_reason: 'eos' }] }),
    ],
  ])('read an answer %s', async (_name, script) => {
    await using router = await openTestRouter([a], { a: script })
    const { byOpenai, byOpenrouter } = await askBoth(router)
    const choices = [{ message: { content: 'Hello you' } }]
    expect(byOpenai).toMatchObject({ status: 'fulfilled', value: { model: 'acme/one', choices } })
    expect(byOpenrouter).toMatchObject({ status: 'fulfilled', value: { model: 'acme/one', choices } })
  })

  it('read a stream, and the error inside of one that breaks off', async () => {
    const scripts = { a: answering('Hello you'), b: cutting }
    const b = endpointOf({ provider: 'b', model: 'acme/two' })
    await using router = await openTestRouter([a, b], scripts)
    const read = async (model: string) => {
      const chatRequest = { ...question, model, stream: true as const }
      const chunks = await openrouterOf(router, 'any').chat.send({ chatRequest })
      if ('choices' in chunks) throw new Error('no stream came')
      const all = await collect(chunks)
      return { text: all.map(c => c.choices[0]?.delta.content ?? '').join(''), last: all.at(-1) }
    }
    expect(await read('acme/one')).toMatchObject({ text: 'Hello you', last: { usage: { totalTokens: 15 } } })
    expect(await read('acme/two')).toMatchObject({ text: 'Half a ', last: { error: { code: 502 } } })
    const stream = await openaiOf(router, 'any').chat.completions.create({ ...question, stream: true })
    const chunks = await collect(stream)
    expect(chunks.map(c => c.choices[0]?.delta.content ?? '').join('')).toBe('Hello you')
    const broken = await openaiOf(router, 'any').chat.completions.create({
      ...question,
      model: 'acme/two',
      stream: true,
    })
    await expect(collect(broken)).rejects.toBeInstanceOf(APIError)
  })

  it.each<[number, string, Script, Partial<RouterSettings>, Parameters<typeof askBoth>[1]]>([
    [400, 'a wrong field', silent, {}, { more: { max_tokens: 0, maxTokens: 0 } }],
    [400, 'an unknown model', silent, {}, { more: { model: 'no/such' } }],
    [400, 'a refusal of the provider', refusing(400), {}, {}],
    [401, 'no such key', silent, withKeys, { apiKey: 'wrong' }],
    [402, 'an empty budget', silent, withKeys, { apiKey: 'rb-poor' }],
    [403, 'a key that may not call', silent, withKeys, { apiKey: 'rb-boss' }],
    [403, 'moderation', refusing(403), {}, {}],
    [404, 'no endpoint', silent, {}, { more: { provider: { only: ['none'] } } }],
    [413, 'a body too long', silent, { maxBodyBytes: 50 }, {}],
    [422, 'what the provider cannot process', refusing(422), {}, {}],
    [429, 'a rate limit', refusing(429, { 'retry-after': '2' }), {}, {}],
    [502, 'a defect of the provider', refusing(500), {}, {}],
    [503, 'overload', refusing(529), {}, {}],
    [504, 'silence', silent, timeouts, {}],
  ])('read the error %i: %s', async (status, _name, script, more, asked) => {
    const settings = { ...more, maxAttempts: 1 }
    await using router = await openTestRouter([a], { a: script }, { settings })
    const { byOpenai, byOpenrouter } = await askBoth(router, asked)
    if (byOpenai.status !== 'rejected' || byOpenrouter.status !== 'rejected') throw new Error('no error came')
    expect(byOpenai.reason).toBeInstanceOf(APIError)
    expect(byOpenai.reason).toMatchObject({ status, error: { code: status, message: expect.any(String) } })
    expect(byOpenrouter.reason).toBeInstanceOf(OpenRouterError)
    expect(byOpenrouter.reason).not.toBeInstanceOf(ResponseValidationError)
    expect(byOpenrouter.reason).toMatchObject({ statusCode: status })
  })

  it('read the masked error 500 of the router itself', async () => {
    const upstream = () => {
      throw new Error('a bug')
    }
    await using router = await openTestRouter([a], {}, { upstream })
    const { byOpenai, byOpenrouter } = await askBoth(router)
    expect(byOpenai).toMatchObject({ reason: { status: 500 } })
    expect(byOpenrouter).toMatchObject({ reason: { name: 'InternalServerResponseError' } })
  })
})
