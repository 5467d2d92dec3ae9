import { describe, expect, it } from 'vitest'
import { asArray, asObject, parseJson } from '../../../src/wire/index.ts'
import { openaiProtocol } from '../../../src/wire/openai/protocol.ts'
import { describeWire, type Sample } from '../contract.ts'

const head = { id: 'a1', model: 'm1' }
const chunk = (delta: object, finish: string | null = null) => ({
  ...head,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const usageOf = (prompt: number, completion: number, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

interface Told {
  readonly deltas: readonly object[]
  readonly message: object
  readonly finish: string
  readonly usage?: object
}
function sample({ deltas, message, finish, usage }: Told): Sample {
  const last = usage ? [{ ...head, choices: [], usage }] : []
  return {
    events: [
      chunk({ role: 'assistant', content: '' }),
      ...deltas.map(delta => chunk(delta)),
      chunk({}, finish),
      ...last,
    ],
    body: {
      ...head,
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
      ...(usage && { usage }),
    },
  }
}

const a = { deltas: [{ content: 'a' }], message: { content: 'a' }, finish: 'stop' }
const error = { code: 503, message: 'overloaded' }
const calls = [
  { index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":[2]}' } },
  { index: 1, id: 'c2', type: 'function', function: { name: 'now', arguments: '' } },
]

describeWire('openai', {
  text: sample({
    deltas: [{ content: 'Hé' }, { content: 'llo' }],
    message: { content: 'Héllo' },
    finish: 'stop',
    usage: usageOf(20, 5, { prompt_tokens_details: { cached_tokens: 8 } }),
  }),
  reasoning: sample({
    deltas: [{ reasoning_content: 'hm, ' }, { reasoning_content: 'yes' }, { content: '42' }],
    message: { reasoning_content: 'hm, yes', content: '42' },
    finish: 'stop',
    usage: usageOf(10, 9, { completion_tokens_details: { reasoning_tokens: 7 } }),
  }),
  tools: sample({
    deltas: [
      { tool_calls: [{ ...calls[0], function: { name: 'add', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1,' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"b":[2]}' } }] },
      { tool_calls: [calls[1]] },
    ],
    message: { content: null, tool_calls: calls },
    finish: 'tool_calls',
    usage: usageOf(30, 12),
  }),
  length: sample({ ...a, finish: 'length', usage: usageOf(3, 1) }),
  refusal: sample({ deltas: [], message: { content: null }, finish: 'content_filter', usage: usageOf(4, 2) }),
  withoutUsage: sample(a),
  wrongUsage: sample({ ...a, usage: usageOf(-3, 1) }),
  overload: { events: [chunk({ content: 'a' }), { error }], body: { error } },
  rateLimit: { error: { message: 'slow down', type: 'tokens', code: 'rate_limit_exceeded' } },
  endOfStream: 'data: [DONE]\n\n',
  tellsReasoning: true,
})

describe('openaiProtocol.createDecoder', () => {
  const callsOf = (pieces: readonly object[]) => {
    const decoder = openaiProtocol.createDecoder()
    return pieces
      .flatMap(piece => decoder.chunks(chunk({ tool_calls: [piece] })))
      .flatMap(told => asArray(told['choices']))
      .flatMap(choice => asArray(asObject(asObject(choice)?.['delta'])?.['tool_calls']))
  }
  const called = (name: string | undefined, text: string) => ({
    function: { ...(name !== undefined && { name }), arguments: text },
  })

  it('hands on a chunk without tool calls as it is', () => {
    const given = chunk({ content: 'a' })
    expect(openaiProtocol.createDecoder().chunks(given)).toEqual([given])
  })

  it('counts calls without index (Mistral), each whole in a chunk of its own', () => {
    const told = callsOf([
      { id: 'x', ...called('f', '{}') },
      { id: 'y', ...called('g', '{}') },
    ])
    expect(told).toMatchObject([
      { index: 0, id: 'x' },
      { index: 1, id: 'y' },
    ])
  })

  it('finds the call of a piece by its id, else takes the last one', () => {
    const pieces = [
      { id: 'x', ...called('f', '') },
      { id: 'y', ...called('g', '') },
      { id: 'x', ...called(undefined, '{}') },
      called(undefined, ' '),
    ]
    expect(callsOf(pieces).map(piece => asObject(piece)?.['index'])).toEqual([0, 1, 0, 0])
  })

  it('lets no empty id overwrite a known one (Alibaba)', () => {
    const [, second] = callsOf([
      { index: 0, id: 'x', ...called('f', '') },
      { index: 0, id: '', ...called(undefined, '{}') },
    ])
    expect(second).toEqual({ index: 0, ...called(undefined, '{}') })
  })

  it('reads contents in parts (Mistral) as text and reasoning', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }
    const content = [thinking, { type: 'text', text: '42' }]
    const [told] = openaiProtocol.createDecoder().chunks(chunk({ content }))
    expect(told).toMatchObject({ choices: [{ delta: { content: '42', reasoning: 'hm' } }] })
    expect(openaiProtocol.decodeBody({ choices: [{ message: { content } }] })).toMatchObject({
      choices: [{ message: { content: '42', reasoning: 'hm' } }],
    })
  })
})

describe('openaiProtocol.encode', () => {
  const encode = (host: string, fields: object, stream = false) => {
    const { body, ...rest } = openaiProtocol.encode({ ...fields }, { upstreamModel: 'm', stream, host })
    return { body: asObject(parseJson(body)) ?? {}, ...rest }
  }
  const sent = (host: string, fields: object) => encode(host, fields).body

  it('changes nothing for a host of which nothing is known but the model, and usage in streams', () => {
    const fields = { messages: [], reasoning: { effort: 'low' }, max_tokens: 5, seed: 1, x: [1] }
    expect(sent('novita', fields)).toEqual({ ...fields, model: 'm', stream: false })
    expect(encode('novita', { stream_options: { x: 1 } }, true).body).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it.each([
    ['openai', { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ['mistral', { max_completion_tokens: 5, seed: 7 }, { max_tokens: 5, random_seed: 7 }],
    ['openai', { reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }],
    ['openai', { reasoning: { enabled: false } }, { reasoning_effort: 'none' }],
    ['openai', { reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    ['deepseek', { reasoning: { enabled: true } }, { thinking: { type: 'enabled' } }],
    ['alibaba', { reasoning: { max_tokens: 99 } }, { enable_thinking: true, thinking_budget: 99 }],
    ['alibaba', { reasoning: { effort: 'none' } }, { enable_thinking: false }],
  ])('says to %s %j as %j', (host, fields, expected) => {
    expect(sent(host, fields)).toEqual({ ...expected, model: 'm', stream: false })
  })

  it('asks Mistral for no usage in streams, which it tells anyway and would refuse to be asked for', () => {
    expect(encode('mistral', {}, true).body).toEqual({ model: 'm', stream: true })
  })

  it('takes cache marks out where they are refused, and nothing else of that name', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const parameters = { type: 'object', properties: { cache_control: { type: 'string' } } }
    const declared = { type: 'function', function: { name: 'f', parameters } }
    const fields = {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', ...mark }], ...mark },
        { role: 'user', content: 'b' },
      ],
      tools: [{ ...declared, ...mark }],
    }
    const { body, leftOut } = encode('openai', fields)
    expect(body).toMatchObject({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        { role: 'user', content: 'b' },
      ],
      tools: [declared],
    })
    expect(JSON.stringify(body)).not.toContain('ephemeral')
    expect(leftOut).toEqual(['cache_control'])
    expect(sent('alibaba', fields)).toMatchObject(fields)
  })

  it.each([
    ['mistral', { logit_bias: { 5: 1 }, user: 'u', logprobs: false }, ['logit_bias', 'user'], []],
    ['groq', { reasoning: { effort: 'low', exclude: true } }, ['reasoning.exclude'], []],
    ['deepseek', { reasoning: { effort: 'low' } }, ['reasoning.effort'], []],
    [
      'xai',
      { reasoning: { max_tokens: 500 }, max_tokens: 1000 },
      [],
      ['reasoning of 500 tokens as effort medium'],
    ],
  ])('names what %s cannot be told of %j', (host, fields, without, changes) => {
    const { leftOut, changed } = encode(host, fields)
    expect(leftOut).toEqual(without)
    expect(changed).toEqual(changes)
  })
})
