import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { model, openLiveRouter, question } from './open-live-router.ts'

function runnerOf({ baseURL }: { readonly baseURL: string }): Runner {
  const openAIClient = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })
  return new Runner({
    modelProvider: new OpenAIProvider({ openAIClient, useResponses: false }),
    tracingDisabled: true,
  })
}

describe('the OpenAI Agents SDK', () => {
  it('runs an agent to its answer', async () => {
    await using router = await openLiveRouter()
    const agent = new Agent({ name: 'guide', instructions: 'Be brief.', model })
    const { finalOutput } = await runnerOf(router).run(agent, question)
    expect(finalOutput?.length).toBeGreaterThan(0)
  })

  it('streams an answer', async () => {
    await using router = await openLiveRouter()
    const agent = new Agent({ name: 'guide', instructions: 'Be brief.', model })
    const result = await runnerOf(router).run(agent, question, { stream: true })
    let text = ''
    for await (const piece of result.toTextStream()) text += piece
    expect(text).toBe(result.finalOutput)
  })

  it('calls a tool and goes on with its result', async () => {
    await using router = await openLiveRouter()
    const asked: unknown[] = []
    const weather = tool({
      name: 'weather',
      description: 'Tells the weather',
      parameters: z.object({ city: z.string() }),
      execute: input => {
        asked.push(input)
        return 'sunny'
      },
    })
    const agent = new Agent({
      name: 'guide',
      instructions: 'Use the tool.',
      model,
      tools: [weather],
      modelSettings: { toolChoice: 'required' },
    })
    const { finalOutput } = await runnerOf(router).run(agent, 'Weather in Zurich?')
    expect(asked).toEqual([{ city: expect.any(String) }])
    expect(finalOutput?.length).toBeGreaterThan(0)
    expect(router.sink.requests).toHaveLength(2)
  })

  it('reads an object that fits its schema', async () => {
    await using router = await openLiveRouter()
    const outputType = z.object({ name: z.string(), age: z.number() })
    const agent = new Agent({ name: 'inventor', instructions: 'Invent a person.', model, outputType })
    const { finalOutput } = await runnerOf(router).run(agent, 'Go')
    expect(outputType.safeParse(finalOutput).success).toBe(true)
  })

  it('tells an error with its status', async () => {
    await using router = await openLiveRouter()
    router.refuse(503)
    const agent = new Agent({ name: 'guide', instructions: 'Be brief.', model })
    await expect(runnerOf(router).run(agent, question)).rejects.toMatchObject({ status: 503 })
  })

  it('cancels, and the router gives the request up', async () => {
    await using router = await openLiveRouter('slow')
    const gone = new AbortController()
    const agent = new Agent({ name: 'guide', instructions: 'Be brief.', model })
    const result = await runnerOf(router).run(agent, question, { stream: true, signal: gone.signal })
    for await (const piece of result.toTextStream()) if (piece !== '') gone.abort()
    await expect.poll(() => router.sink.requests[0]?.outcome, { timeout: 10_000 }).toBe('canceled')
  })
})
