import OpenAI, { RateLimitError } from 'openai'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
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

  it('gets errors as its own error classes', async () => {
    await using router = await openTestRouter([a], { a: refusing(429, { 'retry-after': '3' }) })
    const failed = clientOf(router).chat.completions.create(question)
    await expect(failed).rejects.toBeInstanceOf(RateLimitError)
    const unknown = clientOf(router).chat.completions.create({ ...question, model: 'no/such' })
    await expect(unknown).rejects.toThrow('no/such is not a valid model ID')
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
