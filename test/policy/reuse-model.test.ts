import { describe, expect, it } from 'vitest'
import {
  conversationOf,
  defaultPolicySettings,
  type ModelCandidate,
  type Pin,
  poolPin,
  reuseModels,
} from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { requestOf } from './ranking.ts'

const pooled = (modelId: string, requested = 'openrouter/auto'): ModelCandidate => ({
  modelId,
  requested,
  via: 'pool',
  variant: null,
})
const direct = (modelId: string): ModelCandidate => ({
  modelId,
  requested: modelId,
  via: 'direct',
  variant: null,
})

describe('reuseModels', () => {
  const models = [
    direct('m/0'),
    pooled('m/1'),
    pooled('m/2'),
    pooled('m/3'),
    direct('m/4'),
    pooled('m/5', 'mine'),
  ]
  it.each([
    ['nothing was used', null, '0 1 2 3 4 5'],
    ['the first was used', 'm/1', '0 1 2 3 4 5'],
    ['another was used', 'm/3', '0 3 1 2 4 5'],
    ['the one used is no candidate any more', 'm/9', '0 1 2 3 4 5'],
    ['the one used came by its own name', 'm/4', '0 1 2 3 4 5'],
  ])('when %s', (_name, used, expected) => {
    const order = reuseModels(models, pool => (pool === 'openrouter/auto' ? used : null))
    expect(order.map(({ modelId }) => modelId.slice(2)).join(' ')).toBe(expected)
  })
})

describe('poolPin', () => {
  const words = { caller: '', sessionHeader: '', promptCacheKey: '', systemMessage: '' }
  const served = endpointOf({ provider: 'a' })
  const live: Pin = { endpointId: 'x', untilNs: 10 }
  it.each([
    ['a named conversation at once', true, false, undefined, {}, true],
    ['a recognised one not before it has used a cache', false, false, undefined, {}, false],
    ['a recognised one that has used a cache', false, true, undefined, {}, true],
    ['a recognised one that is remembered already', false, false, live, {}, true],
    ['none where the request does not want it', true, false, undefined, { sticky: false }, false],
  ])('remembers the model of %s', (_name, isExplicit, usedCache, pin, provider, remembers) => {
    const names = isExplicit ? { sessionId: 's', firstMessage: '' } : { sessionId: '', firstMessage: 's' }
    const result = poolPin({
      plan: { conversation: conversationOf({ ...words, ...names }), models: [] },
      request: requestOf(provider),
      settings: defaultPolicySettings,
      served,
      pin,
      usedCache,
      hasHourMark: false,
      nowNs: 0,
    })
    expect(result).toEqual(remembers ? { endpointId: 'a/one', untilNs: 600_000e6 } : null)
  })
})
