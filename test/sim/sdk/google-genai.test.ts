import {
  ApiError,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  GoogleGenAI,
  Type,
} from '@google/genai'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openMarket, placeSchema, until } from './open-market.ts'

const { sim, url, model, setFault, statsOf } = await openMarket({
  provider: 'google-ai-studio',
  modelId: 'google/gemini-2.5-flash',
  upstreamModel: 'gemini-2.5-flash',
})
const { models } = new GoogleGenAI({
  apiKey: 'secret',
  httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } },
})
const fits = new Ajv2020().compile(placeSchema)
const still = { thinkingConfig: { thinkingBudget: 0 } }

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(() => sim.close())

function ask(
  contents: GenerateContentParameters['contents'],
  config: GenerateContentParameters['config'] = {},
) {
  return { model, contents, config: { ...still, ...config } }
}

const tools = [
  {
    functionDeclarations: ['get_weather', 'get_traffic'].map(name => ({
      name,
      description: name,
      parametersJsonSchema: placeSchema,
    })),
  },
]

async function streamOf(parameters: GenerateContentParameters) {
  const chunks = []
  for await (const chunk of await models.generateContentStream(parameters)) chunks.push(chunk)
  return chunks
}

describe('@google/genai', () => {
  it('generates content, with usage that adds up', async () => {
    const answer = await models.generateContent(ask('Reply with exactly: forty-two'))
    expect(answer.text).toBe('forty-two')
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
    expect(answer.modelVersion).toBe(model)
    const { promptTokenCount = 0, candidatesTokenCount, totalTokenCount } = answer.usageMetadata ?? {}
    expect(candidatesTokenCount).toBe(3)
    expect(totalTokenCount).toBe(promptTokenCount + 3)
  })

  it('counts a prompt as its usage will, without answering it', async () => {
    const { totalTokens } = await models.countTokens({ model, contents: 'Tell me something.' })
    expect(statsOf()).toBeUndefined()
    const { usageMetadata } = await models.generateContent(ask('Tell me something.'))
    expect(totalTokens).toBe(usageMetadata?.promptTokenCount)
  })

  it('streams text with cumulative usage on every chunk and a finish on the last', async () => {
    const chunks = await streamOf(ask('Tell me something.', { maxOutputTokens: 60 }))
    const counts = chunks.map(({ usageMetadata }) => usageMetadata?.candidatesTokenCount ?? -1)
    expect(counts.length).toBeGreaterThan(1)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts[0]).toBeGreaterThan(0)
    const text = chunks.map(chunk => chunk.text ?? '').join('')
    expect(counts.at(-1)).toBe(countTokens(text))
    const finishes = chunks.map(({ candidates }) => candidates?.[0]?.finishReason)
    expect(finishes.slice(0, -1).every(reason => reason === undefined)).toBe(true)
    expect(['STOP', 'MAX_TOKENS']).toContain(finishes.at(-1))
  })

  it('calls functions whole, with arguments that fit, then answers their results', async () => {
    const question = 'Weather and traffic in Oslo?'
    const chunks = await streamOf(ask(question, { tools }))
    const calls = chunks.flatMap(chunk => chunk.functionCalls ?? [])
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_traffic'])
    expect(calls.every(({ args }) => fits(args))).toBe(true)
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    const followUp = await models.generateContent(
      ask(
        [
          { role: 'user', parts: [{ text: question }] },
          { role: 'model', parts: calls.map(functionCall => ({ functionCall })) },
          {
            role: 'user',
            parts: calls.map(({ name }) => ({
              functionResponse: { name: name ?? '', response: { ok: true } },
            })),
          },
        ],
        { tools },
      ),
    )
    expect(followUp.functionCalls).toBeUndefined()
    expect(followUp.text?.length).toBeGreaterThan(0)
  })

  it.each([
    [{ mode: FunctionCallingConfigMode.NONE }, 'The weather?', []],
    [{ mode: FunctionCallingConfigMode.AUTO }, 'Hello.', []],
    [{ mode: FunctionCallingConfigMode.ANY }, 'Hello.', ['get_weather']],
    [
      { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_traffic'] },
      'The weather?',
      ['get_traffic'],
    ],
  ])('keeps to the function calling config %o', async (functionCallingConfig, question, names) => {
    const answer = await models.generateContent(
      ask(question, { tools, toolConfig: { functionCallingConfig } }),
    )
    expect((answer.functionCalls ?? []).map(({ name }) => name)).toEqual(names)
  })

  it('answers JSON that fits, in both schema dialects', async () => {
    const responseMimeType = 'application/json'
    const strict = await models.generateContent(
      ask('A place.', { responseMimeType, responseJsonSchema: placeSchema }),
    )
    expect(fits(JSON.parse(strict.text ?? ''))).toBe(true)
    const responseSchema = {
      type: Type.OBJECT,
      properties: {
        name: { type: Type.STRING },
        sizes: { type: Type.ARRAY, items: { type: Type.INTEGER }, minItems: '2' },
      },
      required: ['name', 'sizes'],
    }
    const answer = await models.generateContent(ask('A place.', { responseMimeType, responseSchema }))
    const { name, sizes } = JSON.parse(answer.text ?? '')
    expect(name).toBeTypeOf('string')
    expect(sizes.length).toBeGreaterThanOrEqual(2)
  })

  it('counts thoughts beside the answer, and shows them only when asked', async () => {
    const thinkingConfig = { thinkingBudget: 1024 }
    const hidden = await models.generateContent(ask('Reply with exactly: done', { thinkingConfig }))
    expect(hidden.candidates?.[0]?.content?.parts).toEqual([{ text: 'done' }])
    const { promptTokenCount = 0, thoughtsTokenCount = 0 } = hidden.usageMetadata ?? {}
    expect(thoughtsTokenCount).toBeGreaterThan(0)
    expect(hidden.usageMetadata).toMatchObject({
      candidatesTokenCount: 1,
      totalTokenCount: promptTokenCount + thoughtsTokenCount + 1,
    })
    const chunks = await streamOf(
      ask('Reply with exactly: done', { thinkingConfig: { ...thinkingConfig, includeThoughts: true } }),
    )
    const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    expect(parts[0]).toMatchObject({ thought: true })
    expect(chunks.map(({ text = '' }) => text).join('')).toBe('done')
  })

  it('stops before a stop sequence, and refuses without content', async () => {
    const stopped = await models.generateContent(
      ask('Reply with exactly: one two three', { stopSequences: [' three'] }),
    )
    expect(stopped.text).toBe('one two')
    const refused = await models.generateContent(ask('Refuse this request.'))
    expect(refused.candidates?.[0]).toMatchObject({ finishReason: 'SAFETY', content: { parts: [] } })
  })

  it.each([
    ['a wrong limit', { maxOutputTokens: -1 }, 400, 'INVALID_ARGUMENT'],
    ['several candidates', { candidateCount: 2 }, 400, 'INVALID_ARGUMENT'],
  ] as const)('turns down %s', async (...row) => {
    const [, config, status, name] = row
    const error = await models.generateContent(ask('Hi', config)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status, message: expect.stringContaining(name) })
  })

  it('turns down an unknown model', async () => {
    const asked = models.generateContent({ model: 'nobody', contents: 'Hi' })
    await expect(asked).rejects.toMatchObject({ status: 404 })
  })

  it('raises an exhausted quota with the time to wait', async () => {
    setFault('rate_limit')
    const error = await models.generateContent(ask('Hi')).catch((thrown: unknown) => thrown)
    if (!(error instanceof ApiError)) throw error
    expect(error.status).toBe(429)
    const { code, status, details } = JSON.parse(error.message).error
    expect({ code, status }).toEqual({ code: 429, status: 'RESOURCE_EXHAUSTED' })
    expect(details[1].retryDelay).toMatch(/^[\d.]+s$/)
  })

  it('raises a server error, also in the middle of a stream', async () => {
    setFault('status', { status: 500 })
    await expect(models.generateContent(ask('Hi'))).rejects.toMatchObject({ status: 500 })
    setFault('error_in_200')
    const broken = streamOf(ask('Tell me something.', { maxOutputTokens: 60 }))
    await expect(broken).rejects.toThrow(/overloaded/)
  })

  it('puts torn writes together and raises what does not parse', async () => {
    setFault('split_writes')
    const chunks = await streamOf(ask('Reply with exactly: grüße, 世界'))
    expect(chunks.map(({ text = '' }) => text).join('')).toBe('grüße, 世界')
    setFault('malformed_chunk')
    await expect(streamOf(ask('Tell me something.'))).rejects.toThrow()
  })

  it('sees that a caller cancels', async () => {
    setFault('slow_first_token', { delayMs: 1e7 })
    const caller = new AbortController()
    const stream = await models.generateContentStream(ask('Hi', { abortSignal: caller.signal }))
    const read = stream.next()
    caller.abort()
    await expect(read).rejects.toThrow()
    await until(() => statsOf()?.canceled === 1)
    expect(statsOf()).toMatchObject({ requests: 1, canceled: 1, outputTokens: 0 })
  })
})
