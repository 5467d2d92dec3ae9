import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Catalog } from '../../src/catalog/index.ts'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

/** What counts a family's tokens; Claude's stands for those without a public tokenizer. */
const counters = { o200k, cl100k, claude: o200k } as const
const names = ['o200k', 'cl100k', 'claude'] as const
type Family = (typeof names)[number]

const endpoints = names.map(family =>
  endpointOf({
    provider: family,
    modelId: `acme/${family}`,
    supportedParameters: new Set(['tools', 'reasoning']),
  }),
)
const bare = catalogOf(...endpoints)
const model = {
  name: 'Acme',
  author: 'acme',
  contextTokens: 100_000,
  maxOutputTokens: 10_000,
  inputModalities: ['text'],
  outputModalities: ['text'],
  created: null,
  endpoints: [],
}
const catalog: Catalog = {
  ...bare,
  models: new Map(
    names.map(family => [`acme/${family}`, { ...model, id: `acme/${family}`, tokenizer: family }]),
  ),
}

let sim: Awaited<ReturnType<typeof openSimulatedProviders>>
beforeAll(async () => {
  sim = await openSimulatedProviders({
    catalog,
    clock: createSystemClock(),
    rng: createRng('tokens'),
    port: 0,
    speed: 1000,
    faults: [],
  })
})
afterAll(() => sim.close())

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
        required: ['city', 'days'],
      },
    },
  },
]
const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'string' }, minItems: 3 } },
  required: ['name', 'tags'],
}
const bodies: readonly (readonly [
  string,
  string,
  { readonly tools?: readonly object[]; readonly [name: string]: unknown },
])[] = [
  ['filler', 'Tell me something.', {}],
  ['a text word for word', "Reply with exactly: Grüße, 世界! It's naïve 🙂👩‍👩‍👧 1234567", {}],
  ['Russian', 'Расскажи мне что-нибудь.', {}],
  ['Chinese', '请告诉我一些事情。', {}],
  ['Japanese', '何か教えてください。', {}],
  ['Hindi', 'मुझे कुछ बताओ।', {}],
  ['Arabic', 'أخبرني بشيء.', {}],
  ['JSON', 'A thing.', { response_format: { type: 'json_schema', json_schema: { schema } } }],
  [
    'cut JSON',
    'A thing.',
    { max_tokens: 7, response_format: { type: 'json_schema', json_schema: { schema } } },
  ],
  ['a cut text', 'Reply with exactly: Donaudampfschifffahrtsgesellschaftskapitän', { max_tokens: 5 }],
  ['a tool call', 'The weather?', { tools }],
  ['reasoning', 'Tell me something.', { reasoning_effort: 'low' }],
]

interface Told {
  readonly parts: readonly string[]
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly total_tokens: number
  }
}

async function ask(family: Family, content: string, more: object): Promise<Response> {
  const messages = [
    { role: 'system', content: 'Be of use; 誠実に.' },
    { role: 'user', content },
  ]
  const response = await fetch(`${sim.url}/${family}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'x-routebench-draw': encodeURIComponent(content) },
    body: JSON.stringify({ model: `acme/${family}`, messages, ...more }),
  })
  expect(response.status).toBe(200)
  return response
}

/** The texts that count, each by itself. */
function partsOf(message: {
  readonly content: string | null
  readonly reasoning_content?: string
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}): readonly string[] {
  const calls = (message.tool_calls ?? []).flatMap(call => [call.function.name, call.function.arguments])
  return [message.reasoning_content ?? '', message.content ?? '', ...calls]
}

async function whole(family: Family, content: string, more: object): Promise<Told> {
  const { choices, usage } = JSON.parse(await (await ask(family, content, more)).text())
  return { parts: partsOf(choices[0].message), usage }
}

async function streamed(family: Family, content: string, more: object): Promise<Told> {
  const asked = { ...more, stream: true, stream_options: { include_usage: true } }
  const text = await (await ask(family, content, asked)).text()
  const records = text.split('\n\n').filter(record => record.startsWith('data: {'))
  const chunks = records.map(record => JSON.parse(record.slice(6)))
  const message = { content: '', reasoning_content: '', name: '', arguments: '' }
  for (const { choices } of chunks) {
    const delta = choices[0]?.delta
    message.content += delta?.content ?? ''
    message.reasoning_content += delta?.reasoning_content ?? ''
    const called = delta?.tool_calls?.[0].function ?? {}
    message.name += called.name ?? ''
    message.arguments += called.arguments ?? ''
  }
  const parts = Object.values(message)
  return { parts, usage: chunks.at(-1).usage }
}

describe.each(names)('usage of a model of the family %s', family => {
  const count = counters[family]
  const sum = (texts: readonly string[]) => texts.reduce((all, text) => all + count(text), 0)

  it.each(bodies)('counts %s as its tokenizer does, streamed and whole', async (...row) => {
    const [, content, more] = row
    for (const told of [await whole(family, content, more), await streamed(family, content, more)]) {
      expect(told.usage.completion_tokens).toBe(sum(told.parts))
      const { tools: declared = [] } = more
      const prompt = ['Be of use; 誠実に.', content, ...declared.map(tool => JSON.stringify(tool))]
      expect(told.usage.prompt_tokens).toBe(sum(prompt) + 2 * 4 + 3)
      expect(told.usage.total_tokens).toBe(told.usage.prompt_tokens + told.usage.completion_tokens)
    }
  })

  it('answers in exactly as many tokens as asked for', async () => {
    for (const [, content] of bodies.filter(([name]) => /^[A-Z]|filler/.test(name) && name !== 'JSON'))
      for (const max_tokens of [1, 2, 17]) {
        const told = await whole(family, content, { max_tokens })
        expect([content, told.usage.completion_tokens]).toEqual([
          content,
          Math.min(max_tokens, sum(told.parts)),
        ])
      }
  })
})
