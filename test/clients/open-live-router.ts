import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openRouter } from '../../src/router/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { endpointOf } from '../sim/tiny-catalog.ts'
import { catalogOf } from '../support/endpoint-of.ts'
import { createMemorySink } from '../support/memory-sink.ts'

/** The model that clients of these tests ask for: two hosts, all parameters. */
export const model = 'meta-llama/llama-3.3-70b-instruct'

const parameters = [
  'tools',
  'tool_choice',
  'response_format',
  'structured_outputs',
  'temperature',
  'seed',
  'stop',
]
const supportedParameters = new Set([...parameters, 'max_tokens', 'parallel_tool_calls', 'reasoning'])

/** Of the simulated hosts: so fast that a median answer takes some 10 ms, or slow enough to leave before its end. */
const speeds = { fast: 200, slow: 1 } as const

/** A router in front of two simulated hosts of one model, as a client reaches it. */
export async function openLiveRouter(pace: keyof typeof speeds = 'fast') {
  const endpoints = ['deepinfra', 'groq'].map(provider => endpointOf({ provider, supportedParameters }))
  const catalog = catalogOf(endpoints)
  const clock = createSystemClock()
  const providers = await openSimulatedProviders({
    catalog,
    clock,
    rng: createRng('clients'),
    port: 0,
    speed: speeds[pace],
    faults: [],
  })
  const sink = createMemorySink()
  const router = await openRouter({
    catalog,
    clock,
    rng: createRng('clients'),
    sink,
    upstream: ({ provider }) => ({
      baseUrl: `${providers.url}/${provider.id}/v1`,
      keys: [{ alias: provider.id, value: 'simulated' }],
    }),
    settings: { upstreamIsSimulated: true },
  })
  /** Every provider refuses with this status from now on; null: none does. */
  const refuse = (status: number | null) =>
    providers.setFaults(
      status === null
        ? []
        : ['deepinfra', 'groq'].map(provider => ({
            provider,
            model: null,
            kind: 'status' as const,
            fromMs: 0,
            toMs: null,
            ratio: 1,
            delayMs: 0,
            status,
          })),
    )
  return {
    baseURL: `${router.url}/api/v1`,
    sink,
    refuse,
    [Symbol.asyncDispose]: async () => {
      await router.close()
      await providers.close()
    },
  }
}

export const question = 'Tell me something about rivers.'

/** A tool, as JSON Schema. */
export const weatherParameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
  required: ['city', 'days'],
  additionalProperties: false,
} as const
