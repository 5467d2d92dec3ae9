import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Provider } from '../../src/catalog/index.ts'
import { createRng, createSystemClock, type JsonObject } from '../../src/core/index.ts'
import { openRouter } from '../../src/router/index.ts'
import { openProviderLog, openSimulatedProviders, parseProviderLog, reconcile } from '../../src/sim/index.ts'
import { asArray, asObject } from '../../src/wire/index.ts'
import { catalogOf, endpointOf } from '../support/endpoint-of.ts'
import { attemptFactsOf } from '../support/attempt-facts.ts'
import { createMemorySink } from '../support/memory-sink.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const wires: readonly Provider['wire'][] = ['openai', 'anthropic', 'gemini']
const cache = { minTokens: 64, blockTokens: 16, ttlSeconds: 300 } as const
const price = {
  input: 3_000_000n,
  output: 15_000_000n,
  cacheRead: 300_000n,
  cacheWrite: 3_750_000n,
  cacheWrite1h: 6_000_000n,
  request: 7n,
  version: 'test',
}
const endpoints = wires.map(wire =>
  endpointOf({
    provider: wire,
    model: `acme/${wire}`,
    wire,
    parameters: [
      'tools',
      'tool_choice',
      'reasoning',
      'max_tokens',
      'stop',
      'response_format',
      'structured_outputs',
    ],
    more: {
      // Gemini's usage cannot tell writes; its implicit cache takes nothing for them.
      price: wire === 'gemini' ? { ...price, cacheWrite: null } : price,
      contextTokens: 200_000,
      maxOutputTokens: 8_000,
      cache: { ...cache, mode: wire === 'anthropic' ? 'explicit' : 'implicit' },
    },
  }),
)

/** A router before simulated providers that keep a log, each in its own protocol. */
async function openMarket() {
  const catalog = catalogOf(endpoints)
  const clock = createSystemClock()
  const folder = await makeTemporaryFolder()
  const path = folder.file('providers.ndjson')
  const log = await openProviderLog({ path, clock, speed: 500 })
  const seed = createRng('wires')
  const sim = await openSimulatedProviders({
    catalog,
    clock,
    rng: seed,
    port: 0,
    speed: 500,
    faults: [],
    log,
  })
  const sink = createMemorySink()
  const router = await openRouter({
    catalog,
    clock,
    rng: seed,
    sink,
    upstream: ({ provider }) => ({
      baseUrl: `${sim.url}/${provider.id}/v1`,
      keys: [{ alias: provider.id, value: 'simulated' }],
    }),
    settings: { upstreamIsSimulated: true },
  })
  return {
    sink,
    post: (body: object) =>
      fetch(`${router.url}/api/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) }),
    /** Ends everything and gives the lines of the log. */
    close: async () => {
      await router.close()
      await sim.close()
      await log.close()
      const lines = parseProviderLog({ file: path, text: await readFile(path, 'utf8') })
      await folder[Symbol.asyncDispose]()
      return lines
    },
  }
}

const market = await openMarket()
let lines: Awaited<ReturnType<typeof market.close>> | null = null
afterAll(async () => {
  lines ??= await market.close()
})

const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]
const marked = (text: string) => [{ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } }]
const long = 'A long prompt, to be read from the cache. '.repeat(20)
const requests: readonly (readonly [name: string, content: unknown, more: object])[] = [
  ['a short question', 'Hi', {}],
  ['a prompt that is written to a cache', marked(long), {}],
  ['the same prompt, read from it', marked(long), {}],
  ['a tool call', 'Weather?', { tools }],
  ['a refusal', 'Refuse this request.', {}],
  ['thinking', 'Why?', { reasoning: { max_tokens: 1500 }, max_tokens: 4000 }],
]

async function chunksOf(response: Response): Promise<readonly JsonObject[]> {
  const events = (await response.text()).split('\n\n').filter(event => event.startsWith('data: {'))
  return events.map(event => asObject(JSON.parse(event.slice('data: '.length))) ?? {})
}

describe.each(wires)('the router by the %s protocol', wire => {
  const model = `acme/${wire}`

  it.each(requests)('answers %s the same whole and streamed', async (name, content, more) => {
    const body = { model, messages: [{ role: 'user', content }], ...more }
    const whole = asObject(await (await market.post(body)).json()) ?? {}
    const chunks = await chunksOf(await market.post({ ...body, stream: true }))
    expect(whole).toMatchObject({
      object: 'chat.completion',
      model,
      provider: endpoints.find(e => e.modelId === model)?.provider.name,
    })
    const last = chunks.at(-1) ?? {}
    for (const usage of [whole['usage'], last['usage']]) {
      expect(usage).toMatchObject({ cost: expect.any(Number), prompt_tokens: expect.any(Number) })
    }
    const finish = (told: JsonObject) =>
      asArray(told['choices']).map(choice => asObject(choice)?.['finish_reason'])
    const ends = chunks.flatMap(finish).filter(reason => reason !== null)
    expect(ends).toEqual(finish(whole))
    if (name === 'a tool call') expect(ends).toEqual(['tool_calls'])
  })

  it('ends with a caller that leaves', async () => {
    const messages = [{ role: 'user', content: 'Tell me a long story.' }]
    const response = await market.post({ model, messages, stream: true, max_tokens: 4000 })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
  })
})

describe('the records of these requests', () => {
  it('agree with the logs of the providers call by call, to the pico-dollar', async () => {
    lines = await market.close()
    const attempts = market.sink.attempts.map(attemptFactsOf)
    const { differences, log } = reconcile(lines, attempts)
    expect(differences).toEqual([])
    expect(log.requests).toBe(wires.length * (requests.length * 2 + 1))
    for (const wire of wires) {
      const read = attempts.filter(({ endpoint }) => endpoint.startsWith(wire))
      expect(read.some(({ cacheReadTokens }) => Number(cacheReadTokens) > 0)).toBe(true)
      expect(read.filter(({ cost }) => cost === null).length).toBeLessThanOrEqual(1)
    }
  })
})
