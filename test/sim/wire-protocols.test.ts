import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, describe, expect, it } from 'vitest'
import type { Provider } from '../../src/catalog/index.ts'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import type { FaultRule } from '../../src/sim/model/faults.ts'
import { asArray, asObject, createHttpPool, exchange, wireProtocols } from '../../src/wire/index.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

/** The simulated servers were written against the providers' own SDKs (test/sim/sdk), so they know nothing of our wires. */
const wires: readonly Provider['wire'][] = ['openai', 'anthropic', 'gemini']
/** A base URL as the catalogue has one, below the simulated provider. */
const versions = { openai: 'v1', anthropic: 'v1', gemini: 'v1beta' } as const
const supportedParameters = new Set(['tools', 'reasoning'])
const cache = { mode: 'implicit', minTokens: 64, blockTokens: 16, ttlSeconds: 300 } as const
const hostOf = (wire: Provider['wire']) => `host-of-${wire}`
const endpoints = wires.map(wire =>
  endpointOf({
    provider: hostOf(wire),
    supportedParameters,
    cache: wire === 'anthropic' ? { ...cache, mode: 'explicit' } : cache,
  }),
)
const clock = createSystemClock()
const sim = await openSimulatedProviders({
  catalog: catalogOf(...endpoints),
  clock,
  rng: createRng('protocols'),
  port: 0,
  speed: 500,
  faults: [],
})
const pool = createHttpPool()
afterAll(async () => {
  await pool.close()
  await sim.close()
})

interface Ask {
  readonly stream: boolean
  readonly content: unknown
  readonly more?: object
}

async function ask(wire: Provider['wire'], { stream, content, more = {} }: Ask) {
  const protocol = wireProtocols[wire]
  const fields = { messages: [{ role: 'user', content }], ...more }
  const { upstreamModel } = endpointOf()
  const { path, headers, keyHeader, body, leftOut } = protocol.encode(fields, { upstreamModel, stream })
  const got = await exchange({
    protocol,
    url: `${sim.url}/${hostOf(wire)}/${versions[wire]}${path}`,
    apiKey: 'secret',
    keyHeader,
    headers,
    body,
    dispatcher: pool.dispatcher,
    clock,
    deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: 5_000 },
  })
  return { ...got, leftOut }
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = ['get_weather', 'get_traffic'].map(name => ({
  type: 'function',
  function: { name, parameters },
}))
const billed = (wire: Provider['wire']) =>
  sim.stats().endpoints.find(({ endpoint }) => endpoint.startsWith(hostOf(wire)))

const forms = wires.flatMap(wire => [[wire, true] as const, [wire, false] as const])
describe.each(forms)('%s against a simulated provider, streamed: %j', (wire, stream) => {
  it('reads text, and usage as it was billed, also from and to a cache', async () => {
    sim.reset({ faults: [], rng: null })
    const text = 'A long prompt, to be read from the cache. '.repeat(20)
    const content = [{ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } }]
    const answers = [await ask(wire, { stream, content }), await ask(wire, { stream, content })]
    const usages = answers.map(({ usage }) => usage)
    for (const { outcome, usage, text: said } of answers) {
      expect(outcome).toEqual({ kind: 'ok' })
      expect((usage?.outputTokens ?? 0) - (usage?.reasoningTokens ?? 0)).toBe(countTokens(said))
    }
    const sum = (name: 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens') =>
      usages.reduce((total, usage) => total + (usage?.[name] ?? 0), 0)
    expect(billed(wire)).toMatchObject({
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      cachedTokens: sum('cacheReadTokens'),
    })
    expect(sum('cacheReadTokens')).toBeGreaterThan(0)
    expect(sum('cacheWriteTokens') > 0).toBe(wire !== 'gemini')
    // OpenAI's usage has no word for how long something is written.
    if (wire === 'anthropic') expect(usages[0]?.cacheWrite1hTokens).toBe(usages[0]?.cacheWriteTokens)
    expect(answers[0]?.leftOut).toEqual(wire === 'gemini' ? ['cache_control'] : [])
  })

  it('asks for reasoning, and tells it apart', async () => {
    const more = { reasoning: { max_tokens: 1500 }, max_tokens: 3000 }
    const got = await ask(wire, { stream, content: 'Why?', more })
    expect(got.outcome).toEqual({ kind: 'ok' })
    if (!stream) {
      const [choice] = asArray(asObject(got.body)?.['choices'])
      const { reasoning, reasoning_content: other } = asObject(asObject(choice)?.['message']) ?? {}
      expect(String(reasoning ?? other).length).toBeGreaterThan(5)
    }
    // The simulated messages API tells no thinking tokens, as the real one did not for long.
    if (wire !== 'anthropic') expect(got.usage?.reasoningTokens).toBeGreaterThan(0)
    expect(got.usage?.outputTokens).toBeGreaterThan(countTokens(got.text))
  })

  it('calls two tools at once, one that is named, and none', async () => {
    const names = async (more: object) => {
      const { toolCalls, finishReason } = await ask(wire, { stream, content: 'Weather and traffic?', more })
      for (const { argumentsText } of toolCalls ?? [])
        expect(JSON.parse(argumentsText)).toHaveProperty('city')
      return [finishReason, ...(toolCalls ?? []).map(({ name }) => name)]
    }
    expect(await names({ tools })).toEqual(['tool_calls', 'get_weather', 'get_traffic'])
    const named = { type: 'function', function: { name: 'get_traffic' } }
    expect(await names({ tools, tool_choice: named })).toEqual(['tool_calls', 'get_traffic'])
    expect(await names({ tools, tool_choice: 'none' })).toEqual(['stop'])
  })

  it('goes on after tools were called', async () => {
    const call = {
      id: 't1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Bonn"}' },
    }
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 't1', content: 'sunny' },
    ]
    const got = await ask(wire, { stream, content: '', more: { messages, tools } })
    expect(got).toMatchObject({ outcome: { kind: 'ok' }, finishReason: 'stop' })
    expect(got.text).not.toBe('')
  })

  it('writes JSON by a schema, stops at a text and at a length, and refuses', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: parameters } }
    const json = await ask(wire, { stream, content: 'JSON', more: { response_format: format } })
    expect(JSON.parse(json.text)).toHaveProperty('city')
    const exactly = 'Reply with exactly: one two three'
    const stopped = await ask(wire, { stream, content: exactly, more: { stop: ['two'] } })
    expect(stopped).toMatchObject({ text: 'one ', finishReason: 'stop' })
    const cut = await ask(wire, { stream, content: exactly, more: { max_tokens: 1 } })
    expect(cut).toMatchObject({ text: 'one', finishReason: 'length' })
    const refused = await ask(wire, { stream, content: 'Refuse this request.' })
    expect(refused.outcome).toEqual({ kind: 'ok' })
    if (wire !== 'openai') expect(refused.finishReason).toBe('content_filter')
  })
})

describe.each(wires)('%s with a simulated provider that fails', wire => {
  async function failing(fault: Pick<FaultRule, 'kind'> & Partial<FaultRule>) {
    const always = { model: null, status: 503, fromMs: 0, toMs: null, ratio: 1, delayMs: 0 }
    sim.reset({ faults: [{ ...always, provider: hostOf(wire), ...fault }], rng: null })
    const got = await ask(wire, { stream: true, content: 'Reply with exactly: one two three' })
    sim.reset({ faults: [], rng: null })
    return got
  }

  it.each([
    [{ kind: 'status', status: 401 }, 'authentication'],
    [{ kind: 'status', status: 500 }, 'server'],
    [{ kind: 'status', status: 503, body: 'html' }, 'provider_overloaded'],
    [{ kind: 'rate_limit' }, 'rate_limit_exceeded'],
    [{ kind: 'malformed_chunk' }, 'malformed_response'],
  ] as const)('names %j', async (fault, errorType) => {
    expect((await failing(fault)).outcome).toMatchObject({ kind: 'error', errorType })
  })

  it('takes no stream that was cut for an answer', async () => {
    const { outcome, usage } = await failing({ kind: 'cut_stream', how: 'end' })
    expect(outcome).toEqual({ kind: 'truncated' })
    expect(usage).toBeNull()
  })

  it('reads an answer that says no usage, and one in the smallest pieces', async () => {
    expect(await failing({ kind: 'missing_usage' })).toMatchObject({ outcome: { kind: 'ok' }, usage: null })
    const whole = await failing({ kind: 'split_writes' })
    expect(whole).toMatchObject({ outcome: { kind: 'ok' }, text: 'one two three' })
  })
})
