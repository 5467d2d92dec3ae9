import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { Ajv2020 } from 'ajv/dist/2020.js'
import OpenAI, { APIConnectionError, APIError, BadRequestError, NotFoundError, RateLimitError } from 'openai'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openMarket, placeSchema, until } from './open-market.ts'

const { sim, url, model, setFault, statsOf } = await openMarket({ provider: 'deepinfra' })
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'secret', maxRetries: 0, logLevel: 'off' })
const chat = client.chat.completions
const fits = new Ajv2020().compile(placeSchema)

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(() => sim.close())

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages' | 'stream'>

function bodyOf(content: string, more: Body = {}) {
  return { model, messages: [{ role: 'user' as const, content }], ...more }
}

function toolOf(name: string): OpenAI.ChatCompletionTool {
  return { type: 'function', function: { name, description: name, parameters: placeSchema } }
}

const tools = [toolOf('get_weather'), toolOf('get_traffic')]

function callsOf(answer: OpenAI.ChatCompletion) {
  return (answer.choices[0]?.message.tool_calls ?? []).filter(call => call.type === 'function')
}

describe('openai', () => {
  it('chats, with usage that adds up', async () => {
    const answer = await chat.create(bodyOf('Reply with exactly: grüße, 世界'))
    expect(answer.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'grüße, 世界', refusal: null },
      finish_reason: 'stop',
      logprobs: null,
    })
    expect(answer.usage?.completion_tokens).toBe(countTokens('grüße, 世界'))
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    )
  })

  it('streams the same text that it answers whole, and the same usage', async () => {
    const body = bodyOf('Tell me something.', { max_tokens: 20 })
    const whole = await chat.create(body, { headers: { 'x-routebench-draw': 'd' } })
    sim.reset({ faults: [], rng: null })
    const stream = chat.stream(
      { ...body, stream_options: { include_usage: true } },
      { headers: { 'x-routebench-draw': 'd' } },
    )
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
    expect(await stream.totalUsage()).toMatchObject({
      completion_tokens: whole.usage?.completion_tokens,
      prompt_tokens: whole.usage?.prompt_tokens,
    })
  })

  it('calls a tool with arguments that fit its schema, then answers its result with text', async () => {
    const first = await chat.create(bodyOf('What is the weather in Rome?', { tools }))
    const [call] = callsOf(first)
    expect(first.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    expect(call?.function.name).toBe('get_weather')
    expect(fits(JSON.parse(call?.function.arguments ?? ''))).toBe(true)
    const message = first.choices[0]?.message
    if (!message || !call) throw new Error('no call')
    const second = await chat.create({
      model,
      tools,
      messages: [
        { role: 'user', content: 'What is the weather in Rome?' },
        message,
        { role: 'tool', tool_call_id: call.id, content: '21 °C' },
      ],
    })
    expect(second.choices[0]?.finish_reason).toBe('stop')
    expect(second.choices[0]?.message.content?.length).toBeGreaterThan(0)
  })

  it('streams parallel calls in pieces that the SDK puts together', async () => {
    const body = bodyOf('Weather and traffic in Oslo, please.', { tools })
    const stream = chat.stream(body)
    const pieces: string[] = []
    stream.on('chunk', chunk => {
      for (const call of chunk.choices[0]?.delta.tool_calls ?? []) pieces.push(call.function?.arguments ?? '')
    })
    const calls = callsOf(await stream.finalChatCompletion())
    expect(calls.map(call => call.function.name)).toEqual(['get_weather', 'get_traffic'])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    expect(calls.every(call => fits(JSON.parse(call.function.arguments)))).toBe(true)
    expect(pieces.length).toBeGreaterThan(6)
    expect(statsOf()?.outputTokens).toBe(
      calls
        .flatMap(call => [call.function.name, call.function.arguments])
        .reduce((sum, text) => sum + countTokens(text), 0),
    )
  })

  it.each([
    ['auto, when nothing asks for one', 'Hello.', { tools }, []],
    ['none', 'The weather?', { tools, tool_choice: 'none' }, []],
    ['required', 'Hello.', { tools, tool_choice: 'required' }, ['get_weather']],
    [
      'named',
      'The weather?',
      { tools, tool_choice: { type: 'function', function: { name: 'get_traffic' } } },
      ['get_traffic'],
    ],
    ['no parallel calls', 'Weather and traffic?', { tools, parallel_tool_calls: false }, ['get_weather']],
  ] as const)('keeps to the tool choice %s', async (...row) => {
    const [, question, more, names] = row
    const answer = await chat.create({ ...bodyOf(question), ...more, tools: [...more.tools] })
    expect(callsOf(answer).map(call => call.function.name)).toEqual(names)
  })

  it('answers JSON in JSON mode and JSON that fits under a schema', async () => {
    const free = await chat.create(bodyOf('A place.', { response_format: { type: 'json_object' } }))
    expect(JSON.parse(free.choices[0]?.message.content ?? '')).toBeTypeOf('object')
    const json_schema = { name: 'place', strict: true, schema: placeSchema }
    const bound = await chat.parse(
      bodyOf('A place.', { response_format: { type: 'json_schema', json_schema } }),
    )
    expect(fits(bound.choices[0]?.message.parsed)).toBe(true)
  })

  it('reasons before it answers, and counts the reasoning', async () => {
    const body = bodyOf('Think.\nReply with exactly: done', { reasoning_effort: 'low' })
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of await chat.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    }))
      chunks.push(chunk)
    const kinds = chunks.map(({ choices }) => Object.keys(choices[0]?.delta ?? {}).join())
    expect(kinds.indexOf('reasoning_content')).toBeGreaterThan(0)
    expect(kinds.lastIndexOf('reasoning_content')).toBeLessThan(kinds.indexOf('content'))
    const usage = chunks.at(-1)?.usage
    const reasoningTokens = usage?.completion_tokens_details?.reasoning_tokens ?? 0
    expect(reasoningTokens).toBeGreaterThan(0)
    expect(usage?.completion_tokens).toBe(reasoningTokens + 1)
  })

  it('stops before a stop sequence', async () => {
    const answer = await chat.create(bodyOf('Reply with exactly: one two three', { stop: [' three', 'x'] }))
    expect(answer.choices[0]).toMatchObject({ message: { content: 'one two' }, finish_reason: 'stop' })
  })

  it('gives several choices, each with a text of its own, and counts them together', async () => {
    const body = bodyOf('Tell me something.', { n: 3, max_tokens: 20 })
    const whole = await chat.create(body)
    const texts = whole.choices.map(({ message }) => message.content ?? '')
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(new Set(texts).size).toBe(3)
    expect(whole.usage?.completion_tokens).toBe(texts.reduce((sum, text) => sum + countTokens(text), 0))
    sim.reset({ faults: [], rng: null })
    const stream = chat.stream({ ...body, stream_options: { include_usage: true } })
    const indexes: number[] = []
    stream.on('chunk', chunk => indexes.push(...chunk.choices.map(({ index }) => index)))
    const final = await stream.finalChatCompletion()
    expect(final.choices.map(({ message }) => message.content)).toEqual(texts)
    expect(final.choices.map(({ finish_reason: reason }) => reason)).toEqual(
      whole.choices.map(({ finish_reason: reason }) => reason),
    )
    expect(final.usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
    // Choices come at the same time, not one after the other.
    expect(indexes.slice(3, 9).toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1, 2, 2])
  })

  it('gives the first of several choices as an only one', async () => {
    const one = await chat.create(bodyOf('Tell me something.'))
    sim.reset({ faults: [], rng: null })
    const several = await chat.create(bodyOf('Tell me something.', { n: 2 }))
    expect(several.choices[0]).toEqual(one.choices[0])
  })

  it('refuses in the field for it', async () => {
    const whole = await chat.create(bodyOf('Refuse this request.'))
    expect(whole.choices[0]?.message).toMatchObject({
      content: null,
      refusal: expect.stringContaining('sorry'),
    })
    const final = await chat.stream(bodyOf('Refuse this request.')).finalChatCompletion()
    expect(final.choices[0]?.message.refusal).toBe(whole.choices[0]?.message.refusal)
  })

  it('answers in the writing of the question, with exact token counts', async () => {
    const answer = await chat.create(bodyOf('Расскажи мне что-нибудь.', { max_tokens: 12 }))
    const text = answer.choices[0]?.message.content ?? ''
    expect(text).toMatch(/\p{Script=Cyrillic}{2}/u)
    expect(answer.usage?.completion_tokens).toBe(countTokens(text))
  })

  it.each([
    ['no choice at all', { n: 0 }, BadRequestError, 'n'],
    ['too many choices', { n: 129 }, BadRequestError, 'n'],
    [
      'a tool choice that is not declared',
      { tool_choice: { type: 'function', function: { name: 'x' } } },
      BadRequestError,
      'tool_choice',
    ],
    ['an unknown model', { model: 'nobody' }, NotFoundError, 'model'],
  ] as const)('turns down %s, naming the field', async (...row) => {
    const [, more, type, param] = row
    const error = await chat.create({ ...bodyOf('Hi'), ...more }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ param, type: 'invalid_request_error' })
  })

  it('raises a rate limit with its retry headers', async () => {
    setFault('rate_limit')
    const error = await chat.create(bodyOf('Hi')).catch((thrown: unknown) => thrown)
    if (!(error instanceof RateLimitError)) throw error
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(error.headers.get('retry-after-ms'))).toBeGreaterThan(0)
    expect(error.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(error.requestID).toMatch(/^req_/)
  })

  it('raises a server error, also in the middle of a stream', async () => {
    setFault('status', { status: 500 })
    await expect(chat.create(bodyOf('Hi'))).rejects.toMatchObject({ status: 500, type: 'server_error' })
    setFault('error_in_200')
    const stream = await chat.create({ ...bodyOf('Hi'), stream: true })
    const read = async () => {
      for await (const chunk of stream) void chunk
    }
    await expect(read()).rejects.toBeInstanceOf(APIError)
    setFault('outage')
    await expect(chat.create(bodyOf('Hi'))).rejects.toBeInstanceOf(APIConnectionError)
  })

  it('puts torn writes together and raises what does not parse', async () => {
    setFault('split_writes')
    const body = bodyOf('Reply with exactly: grüße, 世界')
    const whole = await chat.stream(body).finalChatCompletion()
    expect(whole.choices[0]?.message.content).toBe('grüße, 世界')
    setFault('malformed_chunk')
    await expect(chat.stream(body).finalChatCompletion()).rejects.toThrow()
  })

  it('sees that a caller cancels', async () => {
    setFault('slow_first_token', { delayMs: 1e7 })
    const stream = await chat.create({ ...bodyOf('Hi'), stream: true })
    stream.controller.abort()
    await until(() => statsOf()?.canceled === 1)
    expect(statsOf()).toMatchObject({ requests: 1, canceled: 1, outputTokens: 0 })
  })
})
