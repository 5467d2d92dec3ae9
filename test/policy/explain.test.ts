import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import {
  conversationOf,
  type Decision,
  explainDecision,
  type ExclusionRule,
  type ModelCandidate,
} from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { candidateOf, requestOf } from './ranking.ts'

const a = endpointOf({ provider: 'a' })
const b = endpointOf({ provider: 'b' })
const two = endpointOf({ provider: 'b', model: 'acme/two' })

function decisionOf(
  models: readonly ModelCandidate[],
  ranked: readonly Endpoint[],
  excluded: readonly [Endpoint, ExclusionRule][] = [],
): Decision {
  const candidates = ranked.map(endpoint => ({ endpoint, score: 1 / 3, reason: 'drawn' }))
  return {
    policy: 'price-weighted@9',
    candidates,
    models: models.map((model, index) => ({
      model,
      strategy: 'price-weighted',
      ranked: candidates.filter(c => c.endpoint.modelId === model.modelId),
      excluded: index === 0 ? excluded.map(([endpoint, rule]) => ({ endpoint, rule, detail: 'why' })) : [],
    })),
  }
}

function explain(
  names: readonly string[],
  models: readonly ModelCandidate[],
  decision = decisionOf(models, []),
) {
  return explainDecision({
    request: requestOf({ no_such_field: 1 }, { models, rule: 'fast' }),
    requestedModels: names,
    decision,
    sticky: { conversation: null, models: [], affinityKey: null },
  })
}

describe('explainDecision', () => {
  it('tells candidates in order, exclusions in the order of the rules, names, conversation and what was ignored', () => {
    const models = [
      candidateOf(),
      candidateOf('acme/two', { via: 'variant', variant: 'floor', requested: 'two:floor' }),
    ]
    const words = { caller: '', sessionHeader: '', promptCacheKey: '', systemMessage: '', firstMessage: '' }
    const conversation = conversationOf({ ...words, sessionId: 's' })
    const explained = explainDecision({
      request: requestOf({ no_such_field: 1 }, { models }),
      requestedModels: ['acme/one', 'two:floor'],
      decision: decisionOf(
        models,
        [two],
        [
          [a, 'max_price'],
          [b, 'ignore'],
        ],
      ),
      sticky: {
        conversation,
        models: [
          { modelId: 'acme/one', off: null, pin: { kind: 'live', endpointId: a.id } },
          { modelId: 'acme/two', off: 'variant :floor', pin: { kind: 'none' } },
        ],
        affinityKey: conversation?.key ?? null,
      },
    })
    const plain = { via: 'direct', variant: null, decided_by: 'price-weighted' }
    expect(explained).toEqual({
      policy: 'price-weighted@9',
      strategy: 'fallback',
      rule: null,
      models: [
        { requested: 'acme/one', model: 'acme/one', ...plain, sticky: 'pinned at a/one' },
        {
          requested: 'two:floor',
          model: 'acme/two',
          ...plain,
          via: 'variant',
          variant: 'floor',
          sticky: 'off: variant :floor',
        },
      ],
      sticky: { key_source: 'session_id', drawn_by_key: true },
      candidates: [{ endpoint: 'b/two', model: 'acme/two', score: 0.333333, reason: 'drawn' }],
      excluded: [
        { endpoint: 'b/one', model: 'acme/one', rule: 'ignore', detail: 'why' },
        { endpoint: 'a/one', model: 'acme/one', rule: 'max_price', detail: 'why' },
      ],
      ignored: ['no_such_field'],
    })
    expect(JSON.stringify(explained)).not.toContain(conversation?.key)
  })

  it.each([
    ['direct', ['acme/one'], [candidateOf()]],
    ['direct', ['acme/one:nitro'], [candidateOf('acme/one', { via: 'variant', variant: 'nitro' })]],
    ['fallback', ['acme/one', 'acme/two'], [candidateOf(), candidateOf('acme/two')]],
    ['alias', ['fast'], [candidateOf('acme/one', { requested: 'fast', via: 'alias' })]],
    [
      'latest',
      ['~acme/one-latest'],
      [candidateOf('acme/one', { requested: '~acme/one-latest', via: 'alias' })],
    ],
    ['auto', ['openrouter/auto'], [candidateOf('acme/one', { requested: 'openrouter/auto', via: 'pool' })]],
    ['free', ['openrouter/free'], [candidateOf('acme/one', { requested: 'openrouter/free', via: 'pool' })]],
    ['auto', ['my-pool'], [candidateOf('acme/one', { requested: 'my-pool', via: 'pool' })]],
    ['auto', ['acme/two'], [candidateOf('acme/one', { requested: 'acme/two', via: 'rule' })]],
  ] as const)('calls it %s when %j was asked for', (strategy, names, models) => {
    expect(explain(names, models)).toMatchObject({ strategy, rule: 'fast' })
  })
})
