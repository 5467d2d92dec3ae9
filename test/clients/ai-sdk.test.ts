import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { generateText, Output, streamText, tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { model, openLiveRouter, question } from './open-live-router.ts'

const weather = tool({
  description: 'Tells the weather',
  inputSchema: z.object({ city: z.string(), days: z.number().int() }),
  execute: ({ city }) => `Sunny in ${city}`,
})

function modelOf({ baseURL }: { readonly baseURL: string }) {
  return createOpenRouter({ apiKey: 'any', baseURL }).chat(model)
}

describe('the AI SDK with the OpenRouter provider', () => {
  it('reads an answer, its usage and its cost', async () => {
    await using router = await openLiveRouter()
    const { text, usage, providerMetadata } = await generateText({ model: modelOf(router), prompt: question })
    expect(text.length).toBeGreaterThan(0)
    expect(usage.outputTokens).toBeGreaterThan(0)
    expect(providerMetadata).toMatchObject({ openrouter: { usage: { cost: expect.any(Number) } } })
  })

  it('reads a stream', async () => {
    await using router = await openLiveRouter()
    const result = streamText({ model: modelOf(router), prompt: question })
    let text = ''
    for await (const piece of result.textStream) text += piece
    expect(text).toBe(await result.text)
    expect(await result.finishReason).toBe('stop')
  })

  it('reads tool calls, streamed and whole', async () => {
    await using router = await openLiveRouter()
    const asked = { model: modelOf(router), prompt: 'Weather in Zurich?', tools: { weather } } as const
    const whole = await generateText({ ...asked, toolChoice: 'required' })
    expect(whole.toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: expect.any(String) } })
    const calls = await streamText({ ...asked, toolChoice: 'required' }).toolCalls
    expect(calls[0]).toMatchObject({ toolName: 'weather', input: { days: expect.any(Number) } })
  })

  it('reads an object that fits its schema', async () => {
    await using router = await openLiveRouter()
    const schema = z.object({ name: z.string(), age: z.number().int().min(0) })
    const { output } = await generateText({
      model: modelOf(router),
      prompt: 'Invent a person.',
      output: Output.object({ schema }),
    })
    expect(schema.safeParse(output).success).toBe(true)
  })

  it('tells an error with status and message', async () => {
    await using router = await openLiveRouter()
    router.refuse(503)
    const asked = generateText({ model: modelOf(router), prompt: question, maxRetries: 0 })
    await expect(asked).rejects.toMatchObject({ statusCode: expect.any(Number), message: /provider/i })
  })

  it('cancels, and the router gives the request up', async () => {
    await using router = await openLiveRouter('slow')
    const gone = new AbortController()
    const result = streamText({
      model: modelOf(router),
      prompt: question,
      abortSignal: gone.signal,
      onError: () => undefined,
    })
    for await (const piece of result.textStream) if (piece !== '') gone.abort()
    await expect.poll(() => router.sink.requests[0]?.outcome, { timeout: 10_000 }).toBe('canceled')
  })
})
