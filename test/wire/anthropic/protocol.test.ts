import { describe, expect, it } from 'vitest'
import { asObject, parseJson } from '../../../src/wire/index.ts'
import { readUsage } from '../../../src/wire/openai/usage.ts'
import { anthropicProtocol } from '../../../src/wire/anthropic/protocol.ts'
import { describeWire, type Sample } from '../contract.ts'

const head = { id: 'a1', type: 'message', role: 'assistant', model: 'm1' }
const counts = (input: number, output: number, more: object = {}) => ({
  input_tokens: input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: output,
  ...more,
})

interface Told {
  readonly blocks: readonly {
    readonly start: object
    readonly deltas: readonly object[]
    readonly whole: object
  }[]
  readonly stop: string
  readonly usage?: { readonly output_tokens: number }
}
function sample({ blocks, stop, usage }: Told): Sample {
  const end = { stop_reason: stop, stop_sequence: null }
  const started = usage && { usage: { ...usage, output_tokens: 1 } }
  return {
    events: [
      { type: 'message_start', message: { ...head, content: [], stop_reason: null, ...started } },
      { type: 'ping' },
      ...blocks.flatMap(({ start, deltas }, index) => [
        { type: 'content_block_start', index, content_block: start },
        ...deltas.map(delta => ({ type: 'content_block_delta', index, delta })),
        { type: 'content_block_stop', index },
      ]),
      { type: 'message_delta', delta: end, ...(usage && { usage }) },
      { type: 'message_stop' },
    ],
    body: { ...head, content: blocks.map(({ whole }) => whole), ...end, ...(usage && { usage }) },
  }
}

const said = (...pieces: readonly string[]) => ({
  start: { type: 'text', text: '' },
  deltas: pieces.map(piece => ({ type: 'text_delta', text: piece })),
  whole: { type: 'text', text: pieces.join('') },
})
const tool = (name: string, pieces: readonly string[]) => ({
  start: { type: 'tool_use', id: `toolu_${name}`, name, input: {} },
  deltas: ['', ...pieces].map(piece => ({ type: 'input_json_delta', partial_json: piece })),
  whole: {
    type: 'tool_use',
    id: `toolu_${name}`,
    name,
    input: asObject(parseJson(pieces.join(''))) ?? {},
  },
})
const thinking = {
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [
    { type: 'thinking_delta', thinking: 'hm, ' },
    { type: 'thinking_delta', thinking: 'yes' },
    { type: 'signature_delta', signature: 'sig' },
  ],
  whole: { type: 'thinking', thinking: 'hm, yes', signature: 'sig' },
}
const error = { type: 'overloaded_error', message: 'Overloaded' }
const a = sample({ blocks: [said('a')], stop: 'end_turn', usage: counts(3, 1) })

describeWire('anthropic', {
  text: sample({
    blocks: [said('Hé', 'llo')],
    stop: 'end_turn',
    usage: counts(12, 5, { cache_read_input_tokens: 8 }),
  }),
  reasoning: sample({
    blocks: [thinking, said('42')],
    stop: 'end_turn',
    usage: counts(10, 9, { output_tokens_details: { thinking_tokens: 7 } }),
  }),
  tools: sample({
    blocks: [tool('add', ['{"a":1,', '"b":[2]}']), tool('now', [])],
    stop: 'tool_use',
    usage: counts(30, 12),
  }),
  length: sample({ blocks: [said('a')], stop: 'max_tokens', usage: counts(3, 1) }),
  refusal: sample({ blocks: [], stop: 'refusal', usage: counts(4, 2) }),
  withoutUsage: sample({ blocks: [said('a')], stop: 'end_turn' }),
  wrongUsage: sample({ blocks: [said('a')], stop: 'end_turn', usage: counts(3, 1.5) }),
  overload: { events: [...a.events.slice(0, 4), { type: 'error', error }], body: { type: 'error', error } },
  rateLimit: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' }, request_id: 'r' },
  endOfStream: '',
  tellsReasoning: true,
})

const encode = (fields: object, more: object = {}) => {
  const { body, ...rest } = anthropicProtocol.encode(
    { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 4000, ...fields },
    { upstreamModel: 'claude', stream: false, ...more },
  )
  return { body: asObject(parseJson(body)) ?? {}, ...rest }
}
const conversation = (...messages: readonly object[]) => encode({ messages }).body

describe('anthropicProtocol.encode', () => {
  it('asks the messages API with the key in a header of its own', () => {
    const { path, headers, keyHeader } = encode({})
    expect({ path, headers, keyHeader }).toEqual({
      path: '/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      keyHeader: 'x-api-key',
    })
  })

  it('puts the model into the path where a host wants it there', () => {
    const { path, body, keyHeader } = encode({}, { host: 'google-vertex', stream: true })
    expect(path).toBe('/claude:streamRawPredict')
    expect(keyHeader).toBe('authorization')
    expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', stream: true })
    expect(body).not.toHaveProperty('model')
  })

  it('says the longest answer when the caller did not, and tells so', () => {
    const { body, changed } = encode({ max_tokens: undefined }, { defaultMaxTokens: 64_000 })
    expect(body['max_tokens']).toBe(64_000)
    expect(changed).toEqual(['max_tokens 64000'])
  })

  it('writes system prompts, texts, pictures, files and cache marks as blocks', () => {
    const mark = { type: 'ephemeral', ttl: '1h' }
    const body = conversation(
      { role: 'system', content: [{ type: 'text', text: 'Be kind.', cache_control: mark }] },
      { role: 'developer', content: 'And short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'text', text: '' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' }, cache_control: mark },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
        ],
      },
    )
    expect(body['system']).toEqual([
      { type: 'text', text: 'Be kind.', cache_control: mark },
      { type: 'text', text: 'And short.' },
    ])
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
            cache_control: mark,
          },
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' },
            title: 'a.pdf',
          },
        ],
      },
    ])
  })

  it('gives back tool calls, their results in one message, and thinking with its signature', () => {
    const called = (id: string, text: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: text },
    })
    const thought = { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1' }
    const unsigned = { type: 'reasoning.text', text: 'hm' }
    const body = conversation(
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: 'Well',
        reasoning_details: [thought, unsigned],
        tool_calls: [called('t1', '{"a":1}'), called('t2', '')],
      },
      { role: 'tool', tool_call_id: 't1', content: 'one' },
      { role: 'tool', tool_call_id: 't2', content: [{ type: 'text', text: 'two' }] },
      { role: 'user', content: 'And now?' },
    )
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'text', text: 'Well' },
          { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
          { type: 'tool_use', id: 't2', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'one' },
          { type: 'tool_result', tool_use_id: 't2', content: 'two' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ])
  })

  const tools = [
    { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } },
  ]
  it.each([
    ['auto', {}, { type: 'auto' }],
    ['none', {}, { type: 'none' }],
    ['required', {}, { type: 'any' }],
    [{ type: 'function', function: { name: 'f' } }, {}, { type: 'tool', name: 'f' }],
    ['required', { parallel_tool_calls: false }, { type: 'any', disable_parallel_tool_use: true }],
    [undefined, { parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
  ])('takes the tool choice %j %j', (choice, more, expected) => {
    const { body } = encode({ tools, tool_choice: choice, ...more })
    expect(body['tool_choice']).toEqual(expected)
    expect(body['tools']).toEqual([{ name: 'f', description: 'd', input_schema: { type: 'object' } }])
  })

  it('asks for JSON by schema, and says that any JSON object cannot be asked for', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    expect(encode({ response_format: format }).body['output_config']).toEqual({
      format: { type: 'json_schema', schema },
    })
    const any = encode({ response_format: { type: 'json_object' } })
    expect(any.body).not.toHaveProperty('output_config')
    expect(any.leftOut).toEqual(['response_format json_object'])
  })

  const adaptive = { supports: new Set(['reasoning_effort']) }
  it.each([
    ['a budget', { reasoning: { max_tokens: 2000 } }, {}, { type: 'enabled', budget_tokens: 2000 }, []],
    [
      'an effort as a budget',
      { reasoning_effort: 'medium' },
      {},
      { type: 'enabled', budget_tokens: 2000 },
      ['reasoning effort medium as 2000 tokens'],
    ],
    [
      'a budget that is too small',
      { reasoning: { max_tokens: 10 } },
      {},
      { type: 'enabled', budget_tokens: 1024 },
      ['reasoning of 1024 tokens'],
    ],
    [
      'hidden thinking',
      { reasoning: { max_tokens: 2000, exclude: true } },
      {},
      expect.objectContaining({ display: 'omitted' }),
      [],
    ],
    [
      'an effort',
      { reasoning: { effort: 'high' } },
      adaptive,
      { type: 'adaptive', display: 'summarized' },
      [],
    ],
    ['no thinking', { reasoning: { enabled: false } }, {}, { type: 'disabled' }, []],
  ])('asks for %s', (_name, fields, options, expected, changes) => {
    const { body, changed } = encode(fields, options)
    expect(body['thinking']).toEqual(expected)
    expect(changed).toEqual(changes)
  })

  it('leaves out what thinking rules out, and thinking where a tool is forced', () => {
    const thinks = { reasoning: { max_tokens: 2000 } }
    expect(encode({ ...thinks, temperature: 0.5, top_k: 5, top_p: 0.5 }).leftOut).toEqual([
      'temperature',
      'top_p',
      'top_k',
    ])
    expect(encode({ ...thinks, tools, tool_choice: 'required' }).leftOut).toEqual(['reasoning'])
    expect(encode({ ...thinks, max_tokens: 1024 }).leftOut).toEqual(['reasoning'])
  })

  it('names every field that it has no means for, and none that asks for nothing', () => {
    const asked = {
      n: 2,
      seed: 7,
      logprobs: true,
      frequency_penalty: 0.5,
      logit_bias: { 5: 1 },
      service_tier: 'flex',
    }
    expect(encode(asked).leftOut.toSorted()).toEqual(Object.keys(asked).toSorted())
    const nothing = {
      n: 1,
      seed: null,
      logprobs: false,
      frequency_penalty: 0,
      logit_bias: {},
      service_tier: null,
    }
    expect(encode(nothing).leftOut).toEqual([])
  })

  it('takes stop texts, the user, sampling and a temperature of at most one', () => {
    const { body, changed } = encode({ stop: 'END', user: 'u', temperature: 1.5, top_p: 0.9, top_k: 5 })
    expect(body).toMatchObject({
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      temperature: 1,
      top_p: 0.9,
      top_k: 5,
    })
    expect(changed).toEqual(['temperature 1'])
  })

  it('passes fields, tools and blocks of its own', () => {
    const search = { type: 'web_search_20250305', name: 'web_search' }
    const block = { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } }
    const { body, leftOut } = encode({
      tools: [search],
      container: 'c1',
      cache_control: { type: 'ephemeral' },
      messages: [{ role: 'user', content: [block] }],
    })
    expect(body).toMatchObject({ tools: [search], container: 'c1', cache_control: { type: 'ephemeral' } })
    expect(body['messages']).toEqual([{ role: 'user', content: [block] }])
    expect(leftOut).toEqual([])
  })

  it('says what it did to arguments that are no JSON, and to a system prompt that comes late', () => {
    const call = { id: 't', function: { name: 'f', arguments: '{"a' } }
    const { body, changed } = encode({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'system', content: 'Stop.' },
      ],
    })
    expect(body['system']).toEqual([{ type: 'text', text: 'Stop.' }])
    expect(changed).toEqual([
      'arguments that are no JSON object as text',
      'a later system message at the front',
    ])
  })
})

describe('anthropicProtocol.createDecoder', () => {
  const usageAfter = (start: object, end: object) => {
    const decoder = anthropicProtocol.createDecoder()
    decoder.chunks({ type: 'message_start', message: { ...head, usage: start } })
    const [last] = decoder.chunks({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end })
    return readUsage(last?.['usage'])
  }
  const split = (short: number, long: number) => ({
    cache_creation_input_tokens: short + long,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  })

  it('lets counts of the end go before those of the beginning, which keep the split of writes', () => {
    const usage = usageAfter(
      counts(43, 1, split(100, 50)),
      counts(61, 20, { cache_creation_input_tokens: 150, cache_read_input_tokens: 7 }),
    )
    expect(usage).toMatchObject({
      inputTokens: 61 + 150 + 7,
      outputTokens: 20,
      cacheReadTokens: 7,
      cacheWriteTokens: 150,
      cacheWrite1hTokens: 50,
    })
  })

  it.each([
    ['five minutes', split(100, 0), { cacheWriteTokens: 130, cacheWrite1hTokens: 0 }],
    ['an hour', split(0, 100), { cacheWriteTokens: 130, cacheWrite1hTokens: 130 }],
  ])('takes writes that grew as those before, of %s', (_name, start, expected) => {
    const end = counts(1, 2, { cache_creation_input_tokens: 130 })
    expect(usageAfter(counts(1, 1, start), end)).toMatchObject(expected)
  })

  it.each([
    [
      'writes that grew where both lifetimes were in use',
      counts(1, 1, split(50, 50)),
      { cache_creation_input_tokens: 130 },
    ],
    [
      'an answer of two models',
      counts(1, 1),
      { iterations: [{ type: 'message' }, { type: 'fallback_message' }] },
    ],
    ['no count of the prompt', { output_tokens: 1 }, {}],
  ])('knows no usage for %s', (_name, start, more) => {
    const end = { output_tokens: 2, ...more }
    expect(usageAfter(start, end)).toBe('invalid')
  })

  it('takes a repeated message_start as one, and a second message as an error that ends the stream', () => {
    const start = (id: string) => ({ type: 'message_start', message: { ...head, id } })
    const decoder = anthropicProtocol.createDecoder()
    expect(decoder.chunks(start('a'))).toHaveLength(1)
    expect(decoder.chunks(start('a'))).toEqual([])
    expect(decoder.chunks(start('b'))).toEqual([])
    decoder.chunks({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
    expect(decoder.chunks(start('b'))).toEqual([])
    expect(decoder.chunks(start('c'))).toMatchObject([
      { error: { message: expect.stringContaining('second') } },
    ])
    expect(decoder.isOver()).toBe(true)
  })

  it("keeps calls of the provider's own tools to itself", () => {
    const decoder = anthropicProtocol.createDecoder()
    const own = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    expect(decoder.chunks({ type: 'content_block_start', index: 0, content_block: own })).toEqual([])
    const delta = { type: 'input_json_delta', partial_json: '{}' }
    expect(decoder.chunks({ type: 'content_block_delta', index: 0, delta })).toEqual([])
    expect(decoder.chunks({ type: 'content_block_stop', index: 0 })).toEqual([])
  })

  it('hands on secret thinking and the explanation of a refusal', () => {
    const decoder = anthropicProtocol.createDecoder()
    const secret = { type: 'redacted_thinking', data: 'xyz' }
    expect(decoder.chunks({ type: 'content_block_start', index: 2, content_block: secret })).toMatchObject([
      {
        choices: [{ delta: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz', index: 2 }] } }],
      },
    ])
    const delta = { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'no' } }
    expect(decoder.chunks({ type: 'message_delta', delta })).toMatchObject([
      {
        choices: [
          { delta: { refusal: 'no' }, finish_reason: 'content_filter', native_finish_reason: 'refusal' },
        ],
      },
    ])
  })
})
