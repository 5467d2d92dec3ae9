import { ChatOpenAI } from '@langchain/openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asObject } from '../../src/wire/index.ts'
import { model, openLiveRouter, question, weatherParameters } from './open-live-router.ts'

function chatOf({ baseURL }: { readonly baseURL: string }) {
  return new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, configuration: { baseURL } })
}

describe('LangChain', () => {
  it('reads an answer and its usage', async () => {
    await using router = await openLiveRouter()
    const answer = await chatOf(router).invoke(question)
    expect(answer.text.length).toBeGreaterThan(0)
    expect(answer.usage_metadata).toMatchObject({ output_tokens: expect.any(Number) })
  })

  it('reads a stream', async () => {
    await using router = await openLiveRouter()
    let text = ''
    let tokens = 0
    for await (const chunk of await chatOf(router).stream(question)) {
      text += chunk.text
      tokens += Number(asObject(chunk.response_metadata['usage'])?.['completion_tokens'] ?? 0)
    }
    expect(text.length).toBeGreaterThan(0)
    expect(tokens).toBeGreaterThan(0)
  })

  it('reads tool calls', async () => {
    await using router = await openLiveRouter()
    const tools = [
      { type: 'function' as const, function: { name: 'weather', parameters: { ...weatherParameters } } },
    ]
    const bound = chatOf(router).bindTools(tools, { tool_choice: 'required' })
    const { tool_calls: calls } = await bound.invoke('Weather in Zurich?')
    expect(calls?.[0]).toMatchObject({ name: 'weather', args: { city: expect.any(String) } })
  })

  it('reads an object that fits its schema', async () => {
    await using router = await openLiveRouter()
    const schema = z.object({ name: z.string(), age: z.number().int() })
    const structured = chatOf(router).withStructuredOutput(schema, { method: 'jsonSchema' })
    expect(schema.safeParse(await structured.invoke('Invent a person.')).success).toBe(true)
  })

  it('tells an error with its status', async () => {
    await using router = await openLiveRouter()
    router.refuse(429)
    await expect(chatOf(router).invoke(question)).rejects.toMatchObject({ status: 429 })
  })

  it('cancels, and the router gives the request up', async () => {
    await using router = await openLiveRouter('slow')
    const gone = new AbortController()
    const read = async () => {
      for await (const chunk of await chatOf(router).stream(question, { signal: gone.signal }))
        if (chunk.text !== '') gone.abort()
    }
    await expect(read()).rejects.toThrow()
    await expect.poll(() => router.sink.requests[0]?.outcome, { timeout: 10_000 }).toBe('canceled')
  })
})
