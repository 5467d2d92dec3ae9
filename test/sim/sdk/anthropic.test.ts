import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openMarket, placeSchema, until } from './open-market.ts'

const { sim, url, model, setFault, statsOf } = await openMarket({
  provider: 'anthropic',
  modelId: 'anthropic/claude-sonnet-4.6',
  rateLimits: { requestsPerMinute: 1000, tokensPerMinute: 1_000_000 },
  cache: { mode: 'explicit', minTokens: 64, blockTokens: 1, ttlSeconds: 300 },
})
const client = new Anthropic({ baseURL: url, apiKey: 'secret', maxRetries: 0, logLevel: 'off' })
const fits = new Ajv2020().compile(placeSchema)

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(() => sim.close())

type Body = Partial<Anthropic.MessageCreateParamsNonStreaming>

function bodyOf(content: string, more: Body = {}): Anthropic.MessageCreateParamsNonStreaming {
  return { model, max_tokens: 4000, messages: [{ role: 'user', content }], ...more }
}

const tools: Anthropic.Tool[] = ['get_weather', 'get_traffic'].map(name => ({
  name,
  description: name,
  input_schema: { ...placeSchema, required: [...placeSchema.required] },
}))

async function eventsOf(body: Anthropic.MessageCreateParamsNonStreaming) {
  const events: Anthropic.RawMessageStreamEvent[] = []
  for await (const event of await client.messages.create({ ...body, stream: true })) events.push(event)
  return events
}

describe('@anthropic-ai/sdk', () => {
  it('answers a message', async () => {
    const {
      data: message,
      response,
      request_id: requestId,
    } = await client.messages.create(bodyOf('Reply with exactly: forty-two')).withResponse()
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'forty-two' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { output_tokens: 3, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    })
    expect(requestId).toMatch(/^req_/)
    expect(response.headers.get('anthropic-ratelimit-requests-limit')).toBe('1000')
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('999')
    expect(response.headers.get('anthropic-ratelimit-tokens-reset')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/)
  })

  it('streams the events of the real API in their order, with usage at start and end', async () => {
    const events = await eventsOf(bodyOf('Tell me something.', { max_tokens: 20 }))
    const types = events.map(({ type }) => type)
    expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start'])
    expect(types.slice(2, -3).every(type => type === 'content_block_delta')).toBe(true)
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
    const [start, end] = [events[0], events.at(-2)]
    if (start?.type !== 'message_start' || end?.type !== 'message_delta') throw new Error('order')
    expect(start.message).toMatchObject({ content: [], stop_reason: null, usage: { output_tokens: 1 } })
    expect(end.usage.input_tokens).toBe(start.message.usage.input_tokens)
    expect(end.usage.output_tokens).toBeGreaterThan(1)
    expect(['end_turn', 'max_tokens']).toContain(end.delta.stop_reason)
  })

  it('sends a ping after the first block has begun', async () => {
    const response = await client.messages.create({ ...bodyOf('Hi'), stream: true }).asResponse()
    const names = [...(await response.text()).matchAll(/^event: (.+)$/gm)].map(([, name]) => name)
    expect(names.slice(0, 4)).toEqual(['message_start', 'content_block_start', 'ping', 'content_block_delta'])
  })

  it('calls tools whose input the SDK puts together, then answers their results', async () => {
    const question = 'Weather and traffic in Oslo?'
    const message = await client.messages.stream(bodyOf(question, { tools })).finalMessage()
    expect(message.stop_reason).toBe('tool_use')
    const calls = message.content.filter(block => block.type === 'tool_use')
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_traffic'])
    expect(calls.every(({ input }) => fits(input))).toBe(true)
    const followUp = await client.messages.create({
      ...bodyOf(question, { tools }),
      messages: [
        { role: 'user', content: question },
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' })),
        },
      ],
    })
    expect(followUp).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] })
  })

  it.each([
    [{ type: 'any' }, ['get_weather']],
    [{ type: 'tool', name: 'get_traffic' }, ['get_traffic']],
    [{ type: 'none' }, []],
    [{ type: 'auto' }, []],
  ] as const)('keeps to the tool choice %o', async (tool_choice, names) => {
    const { content } = await client.messages.create(bodyOf('Hello.', { tools, tool_choice }))
    expect(content.flatMap(block => (block.type === 'tool_use' ? [block.name] : []))).toEqual(names)
  })

  it('streams the input of a tool that takes none', async () => {
    const input_schema = { type: 'object' as const }
    const stream = client.messages.stream(
      bodyOf('ping', { tools: [{ name: 'ping', input_schema }], tool_choice: { type: 'any' } }),
    )
    expect((await stream.finalMessage()).content).toMatchObject([{ type: 'tool_use', input: {} }])
  })

  it('thinks before it answers, and signs it', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const stream = client.messages.stream(bodyOf('Reply with exactly: done', { thinking }))
    const { content, usage } = await stream.finalMessage()
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    const [thought] = content
    if (thought?.type !== 'thinking') throw new Error('no thought')
    expect(thought.signature).not.toBe('')
    expect(usage.output_tokens).toBe(countTokens(thought.thinking) + 1)
  })

  it('answers JSON that fits the schema of the output format', async () => {
    const output_config = { format: { type: 'json_schema' as const, schema: placeSchema } }
    const { content } = await client.messages.create(bodyOf('A place.', { output_config }))
    expect(fits(JSON.parse(content[0]?.type === 'text' ? content[0].text : ''))).toBe(true)
  })

  it('writes marked prompts to the cache, for five minutes or an hour, and reads them back', async () => {
    const textOf = (ttl: '5m' | '1h') => `kept for ${ttl}: `.repeat(100)
    // A message counts four tokens beside its text, the answer three.
    const kept = countTokens(textOf('5m')) + 4
    const asked = countTokens('Hi') + 4 + 3
    const system = (ttl: '5m' | '1h'): Anthropic.TextBlockParam[] => [
      { type: 'text', text: textOf(ttl), cache_control: { type: 'ephemeral', ttl } },
    ]
    const ask = (ttl: '5m' | '1h') => client.messages.create(bodyOf('Hi', { system: system(ttl) }))
    const first = await ask('5m')
    expect(first.usage).toMatchObject({
      input_tokens: asked,
      cache_creation_input_tokens: kept,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: kept, ephemeral_1h_input_tokens: 0 },
    })
    expect((await ask('5m')).usage).toMatchObject({
      input_tokens: asked,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: kept,
    })
    expect((await ask('1h')).usage.cache_creation).toEqual({
      ephemeral_5m_input_tokens: 0,
      ephemeral_1h_input_tokens: kept,
    })
  })

  it('stops before a stop sequence and names it', async () => {
    const message = await client.messages.create(
      bodyOf('Reply with exactly: one two three', { stop_sequences: [' three'] }),
    )
    expect(message).toMatchObject({
      content: [{ text: 'one two' }],
      stop_reason: 'stop_sequence',
      stop_sequence: ' three',
    })
  })

  it('refuses without content', async () => {
    const body = bodyOf('Refuse this request.')
    const streamed = await client.messages.stream(body).finalMessage()
    for (const message of [await client.messages.create(body), streamed])
      expect(message).toMatchObject({ content: [], stop_reason: 'refusal' })
  })

  it.each([
    ['no max_tokens', { max_tokens: 0 }, BadRequestError, 'invalid_request_error'],
    ['an unknown model', { model: 'nobody' }, NotFoundError, 'not_found_error'],
  ] as const)('turns down %s', async (...row) => {
    const [, more, type, kind] = row
    const error = await client.messages.create(bodyOf('Hi', more)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ type: kind })
  })

  it('counts a prompt as its usage will, without answering it', async () => {
    const { messages, model: name, system = '' } = bodyOf('How long is this?', { system: 'Be brief.' })
    const { input_tokens: counted } = await client.messages.countTokens({ model: name, messages, system })
    expect(statsOf()).toBeUndefined()
    const { usage } = await client.messages.create(bodyOf('How long is this?', { system: 'Be brief.' }))
    expect(usage.input_tokens).toBe(counted)
    const missing = client.messages.countTokens({ model: 'nobody', messages })
    await expect(missing).rejects.toMatchObject({ status: 404 })
  })

  it('wants a key', async () => {
    const anonymous = new Anthropic({ baseURL: url, apiKey: '', maxRetries: 0 })
    const asked = anonymous.messages.create(bodyOf('Hi'), { headers: { 'x-api-key': '' } })
    await expect(asked).rejects.toBeInstanceOf(AuthenticationError)
  })

  it('raises a rate limit with its headers', async () => {
    setFault('rate_limit')
    const error = await client.messages.create(bodyOf('Hi')).catch((thrown: unknown) => thrown)
    if (!(error instanceof RateLimitError)) throw error
    expect(error.type).toBe('rate_limit_error')
    expect(error.error).toMatchObject({ type: 'error', request_id: error.requestID })
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(error.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
  })

  it('raises overload, as a status and in the middle of a stream', async () => {
    setFault('status', { status: 529 })
    const refused = await client.messages.create(bodyOf('Hi')).catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(InternalServerError)
    expect(refused).toMatchObject({ status: 529, type: 'overloaded_error' })
    setFault('status', { status: 500 })
    await expect(client.messages.create(bodyOf('Hi'))).rejects.toMatchObject({ type: 'api_error' })
    setFault('error_in_200')
    const broken = await client.messages
      .stream(bodyOf('Hi'))
      .finalMessage()
      .catch((thrown: unknown) => thrown)
    expect(broken).toBeInstanceOf(APIError)
    expect(broken).toMatchObject({ type: 'overloaded_error' })
  })

  it('puts torn writes together and raises what does not parse', async () => {
    setFault('split_writes')
    const body = bodyOf('Reply with exactly: grüße, 世界')
    const whole = await client.messages.stream(body).finalMessage()
    expect(whole.content).toMatchObject([{ text: 'grüße, 世界' }])
    setFault('malformed_chunk')
    await expect(client.messages.stream(body).finalMessage()).rejects.toThrow()
  })

  it('sees that a caller cancels', async () => {
    setFault('slow_first_token', { delayMs: 1e7 })
    const stream = await client.messages.create({ ...bodyOf('Hi'), stream: true })
    stream.controller.abort()
    await until(() => statsOf()?.canceled === 1)
    expect(statsOf()).toMatchObject({ requests: 1, canceled: 1, outputTokens: 0 })
  })
})
