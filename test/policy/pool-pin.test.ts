import { describe, expect, it } from 'vitest'
import { conversationOf, defaultPolicySettings, type Pin, stickyOutcome } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { requestOf } from './ranking.ts'

describe('stickyOutcome, for pools', () => {
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
    const model = {
      modelId: 'acme/one',
      requested: 'mine',
      via: 'pool',
      pool: 'mine',
      variant: null,
    } as const
    const { poolPin } = stickyOutcome({
      plan: { conversation: conversationOf({ ...words, ...names }), models: [], affinityKey: null },
      decision: { policy: '', candidates: [], models: [] },
      request: requestOf(provider, { models: [model] }),
      settings: defaultPolicySettings,
      failures: [],
      served,
      poolPin: pin,
      usedCache,
      hasHourMark: false,
      nowNs: 0,
    })
    expect(poolPin).toEqual(remembers ? { endpointId: 'a/one', untilNs: 600_000e6 } : null)
  })
})
