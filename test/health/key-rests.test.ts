import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HealthEvent } from '../../src/health/health-event.ts'
import { defaultHealthSettings as settings } from '../../src/health/index.ts'
import { createKeyRests, type KeyRests } from '../../src/health/key-rests.ts'

const second = 1_000_000_000

const endings = {
  ok: { result: 'ok', coolsDown: 'nothing' },
  limit: { result: 'rate_limit', coolsDown: 'key_at_endpoint' },
  badKey: { result: 'error', coolsDown: 'key' },
  refused: { result: 'refused', coolsDown: 'key_at_endpoint' },
  overload: { result: 'error', coolsDown: 'endpoint' },
  badRequest: { result: 'ignored', coolsDown: 'nothing' },
} as const satisfies Record<string, Pick<HealthEvent, 'result' | 'coolsDown'>>
type Ending = keyof typeof endings

interface Noted {
  readonly at: number
  readonly how: Ending
  readonly endpoint: string
  readonly key: string
  readonly retryAfterMs: number | null
}

function note(keys: KeyRests, { at, how, endpoint, key, retryAfterMs }: Noted): void {
  const unknown = { ttftMs: null, tokensPerSecond: null }
  const atNs = at * second
  keys.note(endpoint, { beganNs: atNs, atNs, ...endings[how], keyAlias: key, retryAfterMs, ...unknown })
}

const at10 = (how: Ending, more: Partial<Noted> = {}): Noted => ({
  at: 10,
  how,
  endpoint: 'a/one',
  key: 'K',
  retryAfterMs: null,
  ...more,
})

function restsUntil(events: readonly Noted[], endpoint: string, ...aliases: readonly string[]): number {
  const keys = createKeyRests(settings)
  for (const event of events) note(keys, event)
  return (keys.rest(endpoint, aliases, 10 * second)?.untilNs ?? 0) / second
}

describe('createKeyRests', () => {
  const refused = at10('refused')
  it.each([
    ['a limit', [at10('limit')], 15, 0, 0],
    ['a limit that names its end', [at10('limit', { retryAfterMs: 90_000 })], 100, 0, 0],
    ['a limit that is over at once', [at10('limit', { retryAfterMs: 0 })], 0, 0, 0],
    ['a wait beyond the bound', [at10('limit', { retryAfterMs: 1e9 })], 610, 0, 0],
    ['a key that is refused', [at10('badKey')], 70, 70, 0],
    ['two refusals', [refused, refused], 0, 0, 0],
    ['three refusals in a row', [refused, refused, refused], 15, 0, 0],
    ['refusals with a success between', [refused, refused, at10('ok'), refused], 0, 0, 0],
    ['an error of the endpoint', [at10('overload', { retryAfterMs: 5_000 })], 0, 0, 0],
    ["a caller's mistake", [at10('badRequest', { retryAfterMs: 5_000 })], 0, 0, 0],
  ] as const)('after %s, lets the key rest there, elsewhere, and no other key', (...row) => {
    const [, events, here, elsewhere, other] = row
    expect(restsUntil(events, 'a/one', 'K')).toBe(here)
    expect(restsUntil(events, 'a/two', 'K')).toBe(elsewhere)
    expect(restsUntil(events, 'a/one', 'K2')).toBe(other)
  })

  it('rests as a whole only when all keys do, and then until the first is back', () => {
    const both = [at10('limit', { retryAfterMs: 9_000 }), at10('badKey', { key: 'K2' })]
    expect(restsUntil(both, 'a/one', 'K', 'K2')).toBe(19)
    expect(restsUntil(both, 'a/one', 'K', 'K2', 'K3')).toBe(0)
    expect(restsUntil(both, 'a/one')).toBe(0)
  })

  it('says since when and why', () => {
    const keys = createKeyRests(settings)
    note(keys, at10('badKey'))
    expect(keys.rest('a/one', ['K'], 11 * second)).toEqual({
      sinceNs: 10 * second,
      untilNs: 70 * second,
      reason: 'the key was refused',
    })
    expect(keys.rest('a/one', ['K'], 70 * second)).toBeNull()
  })

  it('agrees with a model that remembers everything', () => {
    const event = fc.record<Noted>({
      at: fc.nat(40),
      how: fc.constantFrom<Ending>('ok', 'limit', 'badKey', 'refused', 'refused', 'overload', 'badRequest'),
      endpoint: fc.constantFrom('a/one', 'b/one'),
      key: fc.constantFrom('K', 'L'),
      retryAfterMs: fc.option(fc.nat(9_000)),
    })
    const property = fc.property(fc.array(event, { maxLength: 40 }), fc.nat(60), (unordered, now) => {
      const events = unordered.toSorted((a, b) => a.at - b.at).filter(({ at }) => at <= now)
      const keys = createKeyRests(settings)
      for (const each of events) note(keys, each)
      for (const endpoint of ['a/one', 'b/one'])
        for (const key of ['K', 'L']) {
          const rest = keys.rest(endpoint, [key], now * second)
          const until = modelled(events, endpoint, key)
          expect(rest?.untilNs ?? 0).toBe(until > now ? Math.round(until * second) : 0)
        }
    })
    fc.assert(property, { numRuns: 300 })
  })
})

/** When a key is back at an endpoint, in seconds, by all that ever happened. */
function modelled(events: readonly Noted[], endpoint: string, key: string): number {
  const mine = events.filter(event => event.key === key)
  const ends = mine.map(({ how, at, retryAfterMs, ...event }, index) => {
    const isHere = event.endpoint === endpoint
    const row = mine.slice(0, index + 1).filter(e => e.endpoint === endpoint && /ok|refused/.test(e.how))
    const isRefusedAgain = row.length >= 3 && row.slice(-3).every(e => e.how === 'refused')
    const usualMs = {
      badKey: 60_000,
      limit: isHere ? 5_000 : 0,
      refused: isHere && isRefusedAgain ? 5_000 : 0,
    }
    if (how !== 'badKey' && how !== 'limit' && how !== 'refused') return 0
    const isConcerned = how === 'badKey' || isHere
    return at + (isConcerned ? (retryAfterMs ?? usualMs[how]) : 0) / 1_000
  })
  return Math.max(0, ...ends)
}
