import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { model, openLiveRouter, question, weatherParameters } from './open-live-router.ts'

function clientOf({ baseURL }: { readonly baseURL: string }): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })
}

const messages = [{ role: 'user' as const, content: question }]

describe('the OpenAI SDK', () => {
  it('reads an answer, its usage and the headers', async () => {
    await using router = await openLiveRouter()
    const asked = clientOf(router).chat.completions.create({ model, messages })
    const { data, response } = await asked.withResponse()
    expect(data.choices[0]?.message.content?.length).toBeGreaterThan(0)
    expect(data.usage?.completion_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-generation-id')).toBe(data.id)
  })

  it('reads a stream that ends with usage', async () => {
    await using router = await openLiveRouter()
    const stream = clientOf(router).chat.completions.stream({ model, messages })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.finish_reason).toBe('stop')
    expect(final.usage?.total_tokens).toBeGreaterThan(0)
  })

  it('reads tool calls', async () => {
    await using router = await openLiveRouter()
    const parameters = { ...weatherParameters }
    const answer = await clientOf(router).chat.completions.create({
      model,
      messages,
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      tool_choice: 'required',
    })
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'weather' } }] },
    })
  })

  it('reads JSON', async () => {
    await using router = await openLiveRouter()
    const answer = await clientOf(router).chat.completions.create({
      model,
      messages,
      response_format: { type: 'json_object' },
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toBeTypeOf('object')
  })

  it('lists models', async () => {
    await using router = await openLiveRouter()
    const { data } = await clientOf(router).models.list()
    expect(data.map(one => one.id)).toEqual([model])
  })

  it.each([
    [429, 429],
    [503, 503],
    [500, 502],
    [401, 502],
  ])('tells %i of every provider as %i', async (status, told) => {
    await using router = await openLiveRouter()
    router.refuse(status)
    const asked = clientOf(router).chat.completions.create({ model, messages })
    await expect(asked).rejects.toMatchObject({ status: told, error: { code: told } })
  })

  it('cancels, and the router gives the request up', async () => {
    await using router = await openLiveRouter('slow')
    const stream = await clientOf(router).chat.completions.create({ model, messages, stream: true })
    for await (const chunk of stream) if (chunk.choices.length > 0) stream.controller.abort()
    await expect.poll(() => router.sink.requests[0]?.outcome, { timeout: 10_000 }).toBe('canceled')
  })
})
