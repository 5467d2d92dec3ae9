import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import {
  conversationOf,
  defaultPolicySettings,
  type ModelCandidate,
  type Pin,
  pinnedEndpoint,
  planSticky,
  type PolicySettings,
  type RouteRequest,
} from '../../src/policy/index.ts'
import { describeSticky } from '../../src/policy/sticky-plan.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { requestOf } from './ranking.ts'
import { silent } from './silent.ts'

const named = conversationOf({ ...silent, sessionId: 's' })
const recognised = conversationOf({ ...silent, firstMessage: 'Hello' })
const pinned: Pin = { endpointId: 'a/one', untilNs: 100 }
const model = (more: Partial<ModelCandidate> = {}): ModelCandidate => ({
  modelId: 'acme/one',
  requested: 'acme/one',
  via: 'direct',
  variant: null,
  ...more,
})

interface Given {
  readonly provider?: object
  readonly models?: readonly ModelCandidate[]
  readonly settings?: Partial<PolicySettings>
  readonly conversation?: typeof named
  readonly nowNs?: number
  readonly endpoints?: readonly Endpoint[]
  readonly request?: Partial<RouteRequest>
}

function planOf(given: Given) {
  const {
    provider = {},
    models = [model()],
    settings,
    conversation = named,
    nowNs = 0,
    endpoints = [],
  } = given
  return planSticky({
    request: requestOf(provider, { models, ...given.request }),
    conversation,
    settings: { ...defaultPolicySettings, ...settings },
    pinOf: modelId => (modelId === 'acme/one' ? pinned : undefined),
    endpointsOf: () => endpoints,
    nowNs,
  })
}

describe('planSticky', () => {
  it.each<[string, Given]>([
    ['pinned at a/one', {}],
    ['idle pin at a/one expired', { nowNs: 100 }],
    ['not pinned yet', { models: [model({ modelId: 'acme/two' })] }],
    ['off: nothing names the conversation', { conversation: null }],
    ['off: provider.order', { provider: { order: ['a'] } }],
    ['pinned at a/one', { provider: { order: ['a'] }, settings: { stickyWithinOrder: true } }],
    ['off: provider.sort is price', { provider: { sort: 'price' } }],
    ['off: variant :nitro', { models: [model({ variant: 'nitro' })] }],
    ['off: provider.sticky is false', { provider: { sticky: false } }],
    ['pinned at a/one', { provider: { only: ['a'], max_price: { prompt: 1 } } }],
  ])('says %s', (expected, given) => {
    expect(planOf(given).models.map(describeSticky)).toEqual([expected])
  })

  it('looks at each candidate model for itself', () => {
    const models = [model({ variant: 'floor' }), model({ modelId: 'acme/two' }), model()]
    expect(planOf({ models }).models.map(describeSticky)).toEqual([
      'off: variant :floor',
      'not pinned yet',
      'pinned at a/one',
    ])
  })
})

describe('pinnedEndpoint', () => {
  it.each<[string | null, Given]>([
    ['a/one', {}],
    [null, { nowNs: 100 }],
    [null, { provider: { sort: 'price' } }],
    [null, { conversation: null }],
  ])('is %s', (expected, given) => {
    expect(pinnedEndpoint(planOf(given), 'acme/one')).toBe(expected)
  })
})

describe('planSticky, for the draw of the first endpoint', () => {
  const keeps = endpointOf({
    provider: 'a',
    input: 1,
    cacheRead: 0.1,
    more: { cache: { mode: 'implicit', minTokens: 1024, blockTokens: 1, ttlSeconds: 300 } },
  })
  const plain = endpointOf({ provider: 'b', input: 1 })
  const long: Partial<RouteRequest> = { estimatedInputTokens: 1024 }
  it.each<[string, Given, boolean]>([
    ['a named conversation', { endpoints: [plain] }, true],
    ['a named one that is sorted', { provider: { sort: 'price' }, endpoints: [keeps], request: long }, false],
    ['no conversation', { conversation: null, endpoints: [keeps], request: long }, false],
    [
      'a recognised one with a prompt to keep',
      { conversation: recognised, endpoints: [plain, keeps], request: long },
      true,
    ],
    ['a recognised one with a short prompt', { conversation: recognised, endpoints: [keeps] }, false],
    [
      'a recognised one where nobody keeps prompts',
      { conversation: recognised, endpoints: [plain], request: long },
      false,
    ],
  ])('says whether %s is drawn by its key', (_name, given, isDrawn) => {
    const { conversation, affinityKey } = planOf(given)
    expect(affinityKey).toBe(isDrawn ? (conversation?.key ?? '') : null)
  })
})
