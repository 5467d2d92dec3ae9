import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { createHttpPool, exchange } from '../../src/wire/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const hosts = ['openai', 'azure', 'groq', 'cerebras', 'deepseek', 'moonshotai', 'mistral', 'alibaba', 'xai']
const endpoints = hosts.map(provider =>
  endpointOf({ provider, supportedParameters: new Set(['tools', 'reasoning']) }),
)
const clock = createSystemClock()
const sim = await openSimulatedProviders({
  catalog: catalogOf(...endpoints),
  clock,
  rng: createRng('round trip'),
  port: 0,
  speed: 500,
  faults: [],
})
const pool = createHttpPool()
afterAll(async () => {
  await pool.close()
  await sim.close()
})

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = ['get_weather', 'get_traffic'].map(name => ({
  type: 'function',
  function: { name, parameters },
}))

async function ask(host: string, content: string, more: object) {
  const { outcome, ...got } = await exchange({
    url: `${sim.url}/${host}/v1/chat/completions`,
    apiKey: 'secret',
    headers: {},
    body: JSON.stringify({
      model: endpointOf().upstreamModel,
      messages: [{ role: 'user', content }],
      ...more,
    }),
    dispatcher: pool.dispatcher,
    clock,
    deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: null },
  })
  expect(outcome).toMatchObject({ kind: 'ok' })
  return got
}

const billed = (host: string) => sim.stats().endpoints.find(({ endpoint }) => endpoint.startsWith(`${host}/`))

describe.each(hosts)('the router reads what a simulated %s writes', host => {
  it.each([
    ['whole', {}],
    ['streamed', { stream: true, stream_options: { include_usage: true } }],
  ])('usage with reasoning, %s, as it is billed', async (_, form) => {
    sim.reset({ faults: [], rng: null })
    const more = { reasoning_effort: 'low', max_tokens: 200, ...form }
    await ask(host, 'A long prompt, to be read from the cache. '.repeat(20), more)
    const { usage, text } = await ask(host, 'A long prompt, to be read from the cache. '.repeat(20), more)
    if (usage === null) throw new Error('no usage')
    expect(2 * usage.inputTokens).toBe(billed(host)?.inputTokens)
    expect(usage.cacheReadTokens).toBe(billed(host)?.cachedTokens)
    expect(usage.reasoningTokens).toBeGreaterThan(0)
    expect(usage.outputTokens - usage.reasoningTokens).toBe(countTokens(text))
  })

  it.each([
    ['whole', {}],
    ['streamed', { stream: true, stream_options: { include_usage: true } }],
  ])('two tool calls, %s', async (_, form) => {
    const { toolCalls: told } = await ask(host, 'Weather and traffic?', { tools, ...form })
    const toolCalls = told ?? []
    expect(toolCalls.map(({ name }) => name)).toEqual(['get_weather', 'get_traffic'])
    for (const { argumentsText } of toolCalls) expect(JSON.parse(argumentsText)).toHaveProperty('city')
  })
})
