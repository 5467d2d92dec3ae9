import { OpenRouter } from '@openrouter/sdk'
import { describe, expect, it } from 'vitest'
import { model, openLiveRouter, question, weatherParameters } from './open-live-router.ts'

function clientOf({ baseURL }: { readonly baseURL: string }): OpenRouter {
  return new OpenRouter({ apiKey: 'any', serverURL: baseURL, retryConfig: { strategy: 'none' } })
}

const asked = { model, messages: [{ role: 'user' as const, content: question }] }

describe('the OpenRouter SDK', () => {
  it('reads an answer with its cost', async () => {
    await using router = await openLiveRouter()
    const answer = await clientOf(router).chat.send({ chatRequest: asked })
    expect(answer).toMatchObject({
      model,
      choices: [{ finishReason: 'stop', message: { content: expect.any(String) } }],
      usage: { cost: expect.any(Number) },
    })
  })

  it('reads a stream that ends with usage', async () => {
    await using router = await openLiveRouter()
    const stream = await clientOf(router).chat.send({ chatRequest: { ...asked, stream: true } })
    let text = ''
    let tokens = 0
    if (!(Symbol.asyncIterator in stream)) throw new Error('no stream came')
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      tokens += chunk.usage?.completionTokens ?? 0
    }
    expect(text.length).toBeGreaterThan(0)
    expect(tokens).toBeGreaterThan(0)
  })

  it('reads tool calls', async () => {
    await using router = await openLiveRouter()
    const answer = await clientOf(router).chat.send({
      chatRequest: {
        ...asked,
        tools: [{ type: 'function', function: { name: 'weather', parameters: { ...weatherParameters } } }],
        toolChoice: 'required',
      },
    })
    expect(answer).toMatchObject({
      choices: [{ finishReason: 'tool_calls', message: { toolCalls: [{ function: { name: 'weather' } }] } }],
    })
  })

  it('reads JSON', async () => {
    await using router = await openLiveRouter()
    const answer = await clientOf(router).chat.send({
      chatRequest: { ...asked, responseFormat: { type: 'json_object' } },
    })
    if (!('choices' in answer)) throw new Error('a stream came')
    const content = answer.choices[0]?.message.content
    expect(JSON.parse(typeof content === 'string' ? content : '')).toBeTypeOf('object')
  })

  it('reads lists of models, providers and endpoints', async () => {
    await using router = await openLiveRouter()
    const client = clientOf(router)
    const { result } = await client.models.list()
    expect(result.data.map(one => one.id)).toEqual([model])
    const providers = await client.providers.list()
    expect(providers.data.map(one => one.slug)).toEqual(['deepinfra', 'groq'])
    const [author = '', slug = ''] = model.split('/')
    const { data } = await client.endpoints.list({ author, slug })
    expect(data.endpoints).toHaveLength(2)
  })

  it.each([429, 503])('tells %i of every provider', async status => {
    await using router = await openLiveRouter()
    router.refuse(status)
    const sent = clientOf(router).chat.send({ chatRequest: asked })
    await expect(sent).rejects.toMatchObject({ statusCode: status, error: { code: status } })
  })

  it('cancels, and the router gives the request up', async () => {
    await using router = await openLiveRouter('slow')
    const gone = new AbortController()
    const read = async () => {
      const sent = { chatRequest: { ...asked, stream: true } }
      const stream = await clientOf(router).chat.send(sent, { fetchOptions: { signal: gone.signal } })
      if (!(Symbol.asyncIterator in stream)) return
      for await (const chunk of stream) if (chunk.choices.length > 0) gone.abort()
    }
    await read().catch(() => undefined)
    await expect.poll(() => router.sink.requests[0]?.outcome, { timeout: 10_000 }).toBe('canceled')
  })
})
