import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import {
  answering,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  type TestRouter,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2 })

function complete(router: TestRouter, body: unknown): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${router.url}/api/v1/completions`, { method: 'POST', body: text })
}

describe('POST /completions', () => {
  it('asks as one message of the user and answers with text', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello there') })
    const response = await complete(router, { model: 'acme/one', prompt: 'Say hello', seed: 1, echo: false })
    expect(await response.json()).toMatchObject({
      id: response.headers.get('x-generation-id'),
      object: 'text_completion',
      model: 'acme/one',
      provider: 'A Cloud',
      choices: [{ index: 0, text: 'Hello there', finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 10, cost: 0.00002 },
    })
    expect(router.calls[0]?.body).toEqual({
      model: 'up-one',
      messages: [{ role: 'user', content: 'Say hello' }],
      seed: 1,
      stream: false,
    })
    const { requests } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ operation: 'completion', outcome: 'ok', requested_model: 'acme/one' })
  })

  it('streams chunks with text, and usage once at the end', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello there you') })
    const { chunks, isDone } = await readEvents(
      await complete(router, { model: 'acme/one', prompt: ['Say hello'], stream: true }),
    )
    expect(isDone).toBe(true)
    expect(chunks.map(chunk => chunk.choices[0]?.text ?? '').join('')).toBe('Hello there you')
    expect(new Set(chunks.map(chunk => chunk.object))).toEqual(new Set(['text_completion']))
    expect(chunks.filter(chunk => chunk.usage)).toHaveLength(1)
    expect(chunks.at(-1).choices).toEqual([])
  })

  it('ends a stream that breaks off with an error event', async () => {
    await using router = await openTestRouter([a], { a: cutting })
    const response = await complete(router, { model: 'acme/one', prompt: 'Go', stream: true })
    const { chunks } = await readEvents(response)
    expect(chunks.at(-1)).toMatchObject({
      object: 'text_completion',
      error: { code: 502 },
      choices: [{ index: 0, text: '', finish_reason: 'error' }],
    })
  })

  it.each([
    [{ model: 'acme/one', prompt: ['a', 'b'] }, 'prompt: '],
    [{ model: 'acme/one', prompt: 'a', suffix: 'z' }, 'suffix: '],
    [{ prompt: 'a' }, 'model: '],
    [{ model: 'no/such', prompt: 'a' }, 'no/such is not a valid model ID'],
    ['not JSON', 'no JSON object'],
    [`{"prompt":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'nested deeper'],
  ])('refuses %j with 400 and records it', async (body, problem) => {
    await using router = await openTestRouter([a], {})
    const response = await complete(router, body)
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toContain(problem)
    const { requests } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ operation: 'completion', outcome: 'error', attempts: 0 })
  })
})
