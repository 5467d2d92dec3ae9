import { describe, expect, it } from 'vitest'
import {
  type PinState,
  pinAfterSuccess,
  type Ranking,
  readPin,
  stickyKeyOf,
  stickyResultOf,
} from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { requestOf } from './ranking.ts'

const cached = endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 })
const other = endpointOf({ provider: 'b', input: 1, cacheRead: 0.1 })
const ttlMs = 600_000
const ms = 1_000_000

describe('stickyKeyOf', () => {
  it.each([
    ['body', 'header', {}, { value: 'body', source: 'session_id' }],
    ['', 'header', {}, { value: 'header', source: 'x-session-id' }],
    ['', '', {}, null],
    ['body', '', { order: ['a'] }, null],
    ['body', '', { sort: 'price' }, null],
    ['body', '', { only: ['a'] }, { value: 'body', source: 'session_id' }],
  ])('from body %j and header %j with %j is %j', (...row) => {
    const [bodySessionId, headerSessionId, provider, expected] = row
    const { preferences } = requestOf(provider)
    expect(stickyKeyOf({ bodySessionId, headerSessionId, preferences })).toEqual(expected)
  })
})

describe('readPin', () => {
  it('lives until the time to live is over, counted from the last success', () => {
    const pin = pinAfterSuccess(cached, 5 * ms, ttlMs) ?? undefined
    expect(readPin(undefined, 0)).toEqual({ kind: 'none' })
    expect(readPin(pin, (ttlMs + 5) * ms - 1)).toEqual({ kind: 'live', endpointId: cached.id })
    expect(readPin(pin, (ttlMs + 5) * ms)).toEqual({ kind: 'expired' })
    const refreshed = pinAfterSuccess(cached, ttlMs * ms, ttlMs) ?? undefined
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
    expect(pinAfterSuccess(endpointOf({ provider: 'a', input: 1, cacheRead }), 0, ttlMs) !== null).toBe(pins)
  })
})

describe('stickyResultOf', () => {
  const live: PinState = { kind: 'live', endpointId: cached.id }
  const candidate = { endpoint: cached, score: 1, reason: '' }
  const ranked: Ranking = { strategy: 'sticky', ranked: [candidate], excluded: [] }
  const filtered: Ranking = { strategy: 'price-weighted', ranked: [], excluded: [] }
  it.each([
    ['none', { kind: 'none' }, ranked, cached, false],
    ['new', { kind: 'none' }, ranked, cached, true],
    ['expired', { kind: 'expired' }, ranked, cached, true],
    ['kept', live, ranked, cached, true],
    ['moved_fault', live, ranked, other, true],
    ['moved_policy', live, filtered, other, true],
    ['none', live, ranked, null, false],
  ] as const)('is %s', (...[expected, pin, ranking, served, pinned]) => {
    expect(stickyResultOf({ pin, ranking, served, pinned })).toBe(expected)
  })
})
