import { describe, expect, it } from 'vitest'
import { createRng, createVirtualClock } from '../../src/core/index.ts'
import { createMarket } from '../../src/sim/market.ts'
import { parseChatRequest } from '../../src/sim/openai/chat-request.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const named = { provider: 'openai', modelId: 'openai/gpt', upstreamModel: 'gpt' }
const usual = endpointOf({ ...named, id: 'openai/gpt' })
const flex = endpointOf({ ...named, id: 'openai/flex/gpt', tag: 'openai/flex', tier: 'flex' })

describe('createMarket', () => {
  const market = createMarket({
    catalog: catalogOf(usual, flex),
    clock: createVirtualClock(),
    rng: createRng('seed'),
    speed: 1,
    faults: [],
  })

  it('serves the tier that is asked for, and the usual one where there is none of it', () => {
    const served = (tier?: 'default' | 'flex' | 'priority') =>
      market.stall('openai', 'gpt', tier)?.endpoint.id
    expect([served(), served('flex'), served('priority')]).toEqual([
      'openai/gpt',
      'openai/flex/gpt',
      'openai/gpt',
    ])
  })

  it('lists a model once, whatever its tiers', () => {
    expect(market.models('openai').map(({ id }) => id)).toEqual(['openai/gpt'])
  })
})

describe('parseChatRequest', () => {
  it.each([
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['auto', 'default'],
    [undefined, 'default'],
  ])('reads service_tier %s as the tier %s', (service_tier, tier) => {
    const body = { model: 'gpt', messages: [{ role: 'user', content: 'Hi' }], service_tier }
    const facts = { outputTokens: null, model: null, stream: false }
    expect(parseChatRequest(body, facts)).toMatchObject({ request: { tier } })
  })
})
