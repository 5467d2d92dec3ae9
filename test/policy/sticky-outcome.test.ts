import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import {
  type Candidate,
  conversationOf,
  type Decision,
  defaultPolicySettings,
  type ExclusionRule,
  type PinState,
  stickyOutcome,
} from '../../src/policy/index.ts'
import type { StickyOutcomeOptions } from '../../src/policy/sticky-outcome.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { requestOf } from './ranking.ts'
import { silent } from './silent.ts'

const a = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
const b = endpointOf({ provider: 'b', input: 1, cacheRead: 0.1 })
const plain = endpointOf({ provider: 'p', input: 1 })
const other = endpointOf({ provider: 'a', model: 'acme/two', input: 1, cacheRead: 0.1 })
const none: PinState = { kind: 'none' }
const live: PinState = { kind: 'live', endpointId: a.id }
const expired: PinState = { kind: 'expired', endpointId: a.id }

function decisionOf(
  ranked: readonly Endpoint[],
  excluded: readonly [Endpoint, ExclusionRule][] = [],
): Decision {
  const candidates: Candidate[] = ranked.map(endpoint => ({ endpoint, score: 1, reason: 'last resort' }))
  const model = { modelId: 'acme/one', requested: 'acme/one', via: 'direct', variant: null } as const
  const exclusions = excluded.map(([endpoint, rule]) => ({ endpoint, rule, detail: 'why' }))
  return {
    policy: 'sticky@2',
    candidates,
    models: [{ model, strategy: 'sticky', ranked: candidates, excluded: exclusions }],
  }
}

interface Given extends Partial<StickyOutcomeOptions> {
  readonly pin?: PinState
  readonly off?: string | null
  readonly isExplicit?: boolean
}

function outcomeOf({ pin = none, off = null, isExplicit = true, ...more }: Given) {
  return stickyOutcome({
    plan: {
      conversation: conversationOf({ ...silent, [isExplicit ? 'sessionId' : 'firstMessage']: 's' }),
      models: [
        { modelId: 'acme/one', off, pin },
        { modelId: 'acme/two', off, pin: none },
      ],
      affinityKey: null,
    },
    decision: decisionOf([a, b]),
    request: requestOf(),
    settings: defaultPolicySettings,
    failures: [],
    poolPin: undefined,
    served: a,
    usedCache: false,
    hasHourMark: false,
    nowNs: 0,
    ...more,
  })
}

const failed = { failures: [{ endpointId: a.id, how: 'server (503)' }] }
const within = { request: requestOf({ order: ['b'] }) }

describe('stickyOutcome', () => {
  it.each<[string, string, Given]>([
    ['new', 'now pinned at a/one', {}],
    ['none', 'not pinned at p/one: its cache reads are not cheaper than its input', { served: plain }],
    ['none', 'not pinned at a/one: waits for the first use of a cache', { isExplicit: false }],
    ['new', 'now pinned at a/one', { isExplicit: false, usedCache: true }],
    ['none', 'off: provider.order', { off: 'provider.order' }],
    ['none', 'not pinned at a/one: it is not in provider.order', within],
    ['new', 'now pinned at b/one', { ...within, served: b }],
    ['new', 'now pinned at a/two', { served: other }],
    ['kept', 'pinned at a/one', { pin: live }],
    ['kept', 'pinned at a/one', { pin: live, isExplicit: false }],
    ['expired', 'idle pin at a/one expired; now pinned at b/one', { pin: expired, served: b }],
    [
      'expired',
      'idle pin at a/one expired; not pinned at a/one: waits for the first use of a cache',
      { pin: expired, isExplicit: false },
    ],
    [
      'moved_fault',
      'moved: a/one failed with server (503); now pinned at b/one',
      { pin: live, served: b, ...failed },
    ],
    [
      'moved_fault',
      'moved: a/one failed with server (503); now pinned at b/one',
      { pin: live, served: b, ...failed, isExplicit: false },
    ],
    [
      'moved_fault',
      'moved: a/one failed with server (503); now pinned at a/two',
      { pin: live, served: other, ...failed },
    ],
    ['moved_fault', 'moved: a/one stood back (last resort); now pinned at b/one', { pin: live, served: b }],
    [
      'moved_fault',
      'moved: a/one is in cool-down; now pinned at b/one',
      { pin: live, served: b, decision: decisionOf([b], [[a, 'cool_down']]) },
    ],
    [
      'moved_policy',
      'moved: a/one is excluded by max_price; now pinned at b/one',
      { pin: live, served: b, decision: decisionOf([b], [[a, 'max_price']]) },
    ],
    [
      'moved_policy',
      'moved: a/one is excluded by zdr; not pinned at p/one: its cache reads are not cheaper than its input',
      { pin: live, served: plain, decision: decisionOf([plain], [[a, 'zdr']]) },
    ],
    [
      'moved_policy',
      'moved: a/one is no longer in the catalogue; now pinned at b/one',
      { pin: live, served: b, decision: decisionOf([b]) },
    ],
    ['none', 'no answer; the pin at a/one stays', { pin: live, served: null, ...failed }],
    ['none', 'no answer', { served: null }],
  ])('is %s: %s', (result, reason, given) => {
    expect(outcomeOf(given)).toMatchObject({ result, reason })
  })

  it('gives a pin exactly when it says so', () => {
    expect(outcomeOf({ pin: live, served: b, ...failed }).pin).toEqual({
      endpointId: b.id,
      untilNs: 600_000e6,
    })
    expect(outcomeOf({ pin: live, served: null, ...failed }).pin).toBeNull()
    expect(outcomeOf({ pin: live, served: plain }).pin).toBeNull()
  })
})
