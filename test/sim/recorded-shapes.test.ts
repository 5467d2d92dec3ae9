import { existsSync, readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

/** Recorded streams of real providers, one JSON record a line; not part of the project. */
const recordings = '../shared/data/wire-fixtures'

const hosts = ['openai', 'groq', 'deepseek', 'mistral', 'azure', 'anthropic', 'google-ai-studio']
const endpoints = hosts.map(provider =>
  endpointOf({ provider, supportedParameters: new Set(['tools', 'reasoning']) }),
)
const model = endpointOf().upstreamModel
const sim = await openSimulatedProviders({
  catalog: catalogOf(...endpoints),
  clock: createSystemClock(),
  rng: createRng('shapes'),
  port: 0,
  speed: 500,
  faults: [],
})
const dispatcher = new Agent()

afterAll(async () => {
  await dispatcher.close()
  await sim.close()
})

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const chat = (content: string, more = {}) => ({
  model,
  stream: true,
  messages: [{ role: 'user', content }],
  ...more,
})
const usage = { stream_options: { include_usage: true } }
const openaiTools = { tools: [{ type: 'function', function: { name: 'weather', parameters } }] }
const effort = { reasoning_effort: 'low' }
const contents = (text: string) => [{ role: 'user', parts: [{ text }] }]
const thinking = (thinkingBudget: number) => ({
  thinkingConfig: { thinkingBudget },
})
const declared = {
  tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: parameters }] }],
}

const completions = (host: string) => `/${host}/v1/chat/completions`
const messages = '/anthropic/v1/messages'
const generate = `/google-ai-studio/v1beta/models/${model}:streamGenerateContent?alt=sse`

/**
 * Every place in a value where something stands, such as `choices[].delta.content:string`. Arguments are the
 * model's, not the protocol's.
 */
function placesOf(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(item => placesOf(item, `${at}[]`))
  if (typeof value !== 'object' || value === null) return [`${at}:${value === null ? 'null' : typeof value}`]
  if (/\.(args|input)$/.test(at)) return []
  return Object.entries(value).flatMap(([name, member]) => placesOf(member, `${at}.${name}`))
}

async function recordsOf(path: string, body: object): Promise<readonly unknown[]> {
  const headers = { authorization: 'Bearer secret', 'x-api-key': 'secret', 'x-goog-api-key': 'secret' }
  const response = await request(`${sim.url}${path}`, {
    method: 'POST',
    dispatcher,
    headers,
    body: JSON.stringify(body),
  })
  const lines = (await response.body.text()).split('\n').filter(line => line.startsWith('data: {'))
  return lines.map(line => JSON.parse(line.slice('data: '.length)))
}

function recorded(names: readonly string[]): ReadonlySet<string> {
  const lines = names.flatMap(name =>
    readFileSync(`${recordings}/${name}.chunks.txt`, 'utf8')
      .split('\n')
      .filter(line => line.startsWith('{')),
  )
  return new Set(lines.flatMap(line => placesOf(JSON.parse(line))))
}

/** What the simulators tell beyond the recordings: `cache_write_tokens` is OpenAI's since GPT-5.6, given by all. */
const known = (place: string) => !place.includes('.cache_write_tokens:')

describe.skipIf(!existsSync(recordings))('records of a stream', () => {
  it.each([
    ['OpenAI text', completions('openai'), chat('Hi', usage), ['openai-text']],
    ['Groq text', completions('groq'), chat('Hi'), ['groq-text', 'openai-text', 'groq-reasoning']],
    ['Groq reasoning', completions('groq'), chat('Hi', effort), ['groq-reasoning', 'openai-text']],
    [
      'Groq tools',
      completions('groq'),
      chat('The weather?', openaiTools),
      ['groq-tool-call', 'groq-reasoning', 'openai-text'],
    ],
    [
      'DeepSeek reasoning',
      completions('deepseek'),
      chat('Hi', effort),
      ['deepseek-reasoning', 'openai-text'],
    ],
    [
      'DeepSeek tools',
      completions('deepseek'),
      chat('The weather?', openaiTools),
      ['deepseek-tool-call', 'openai-text'],
    ],
    ['Mistral text', completions('mistral'), chat('Hi'), ['mistral-text', 'openai-text']],
    [
      'Mistral tools',
      completions('mistral'),
      chat('The weather?', openaiTools),
      ['mistral-tool-call', 'mistral-text', 'openai-text'],
    ],
    ['Azure text', completions('azure'), chat('Hi', usage), ['azure-model-router.1', 'openai-text']],
    ['Anthropic text', messages, chat('Hi', { max_tokens: 50 }), ['anthropic-text']],
    [
      'Anthropic tools',
      messages,
      chat('The weather?', { max_tokens: 50, tools: [{ name: 'weather', input_schema: parameters }] }),
      ['anthropic-text', 'anthropic-json-tool.2', 'anthropic-tool-no-args'],
    ],
    ['Gemini text', generate, { contents: contents('Hi'), generationConfig: thinking(0) }, ['google-text']],
    [
      'Gemini thoughts',
      generate,
      { contents: contents('Hi'), generationConfig: thinking(64) },
      ['google-text', 'google-reasoning'],
    ],
    [
      'Gemini functions',
      generate,
      { contents: contents('The weather?'), generationConfig: thinking(0), ...declared },
      ['google-text', 'google-tool-call'],
    ],
  ])('have nothing in %s that the recorded provider does not send', async (...row) => {
    const [, path, body, names] = row
    const records = await recordsOf(path, body)
    expect(records.length).toBeGreaterThan(1)
    const places = new Set(records.flatMap(record => placesOf(record)).filter(known))
    const real = recorded(names)
    expect([...places].filter(place => !real.has(place))).toEqual([])
  })
})
