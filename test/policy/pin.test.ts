import { describe, expect, it } from 'vitest'
import { defaultPolicySettings, type PinState, readPin } from '../../src/policy/index.ts'
import { type AnsweredTurn, pinAfterSuccess, pinTtlMs } from '../../src/policy/pin.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const cached = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
const ttlMs = 600_000
const ms = 1_000_000
const none: PinState = { kind: 'none' }
const live: PinState = { kind: 'live', endpointId: 'b/one' }
const expired: PinState = { kind: 'expired', endpointId: 'b/one' }
const turn = (more: Partial<AnsweredTurn> = {}): AnsweredTurn => ({
  served: cached,
  pin: none,
  isExplicit: true,
  usedCache: false,
  nowNs: 0,
  ttlMs,
  ...more,
})

describe('readPin', () => {
  it('lives until the time to live is over, counted from the last success', () => {
    const pin = pinAfterSuccess(turn({ nowNs: 5 * ms })).pin ?? undefined
    expect(readPin(undefined, 0)).toEqual({ kind: 'none' })
    expect(readPin(pin, (ttlMs + 5) * ms - 1)).toEqual({ kind: 'live', endpointId: cached.id })
    expect(readPin(pin, (ttlMs + 5) * ms)).toEqual({ kind: 'expired', endpointId: cached.id })
    const refreshed = pinAfterSuccess(turn({ nowNs: ttlMs * ms })).pin ?? undefined
    expect(readPin(refreshed, (ttlMs + 5) * ms)).toEqual({ kind: 'live', endpointId: cached.id })
  })
})

describe('pinAfterSuccess', () => {
  it.each([
    [null, false],
    [1, false],
    [2, false],
    [0.99, true],
  ])('with cache reads at %s of an input price of 1 pins: %s', (cacheRead, pins) => {
    const served = endpointOf({ provider: 'a', input: 1, cacheRead })
    expect(pinAfterSuccess(turn({ served, usedCache: true })).pin !== null).toBe(pins)
  })

  it.each([
    ['a named conversation at once', true, none, false, true],
    ['a named one that has idled', true, expired, false, true],
    ['a recognised one not before it has used a cache', false, none, false, false],
    ['a recognised one that has used a cache', false, none, true, true],
    ['a recognised one on and on once it is pinned', false, live, false, true],
    ['a recognised one that has idled not before it uses a cache again', false, expired, false, false],
  ])('pins %s', (_name, isExplicit, pin, usedCache, pins) => {
    expect(pinAfterSuccess(turn({ isExplicit, pin, usedCache })).pin !== null).toBe(pins)
  })
})

describe('pinTtlMs', () => {
  const withTtl = (ttlSeconds: number) =>
    endpointOf({
      provider: 'a',
      more: { cache: { mode: 'implicit', minTokens: 0, blockTokens: 1, ttlSeconds } },
    })
  it.each([
    ['fixed', 86_400, true, 600_000],
    ['cache', 300, false, 600_000],
    ['cache', 86_400, false, 86_400_000],
    ['cache', 300, true, 3_600_000],
    ['cache', 86_400, true, 86_400_000],
  ] as const)(
    'with %s, a cache of %d s and an hour mark %s is %d ms',
    (stickyTtl, seconds, hasMark, expected) => {
      expect(pinTtlMs(withTtl(seconds), { ...defaultPolicySettings, stickyTtl }, hasMark)).toBe(expected)
    },
  )
})
