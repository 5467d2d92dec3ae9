import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admit, freeDailyLimit, reserve } from '../../../src/router/keys/admission.ts'
import { localCaller } from '../../../src/router/keys/key-ring.ts'
import { createLedger, type Ledger } from '../../../src/router/keys/ledger.ts'
import { callerOf, keyOf, usd } from './key-of.ts'

const minuteMs = 60_000
const noon = Date.parse('2026-11-20T12:00:00Z')
const midnight = Date.parse('2026-11-21T00:00:00Z')

/** Charges a key as if an answer had ended. */
function charge(
  ledger: Ledger,
  keyId: string,
  spent: { charged?: bigint; held?: bigint; atMs?: number },
): void {
  const served = { model: 'acme/one', endpoint: 'a/one', provider: 'A Cloud' }
  const tokens = { promptTokens: 1, completionTokens: 1, reasoningTokens: 0 }
  ledger.settle({ atMs: noon, charged: 0n, held: 0n, keyId, ...served, ...tokens, ...spent })
}

describe('admit', () => {
  const free = callerOf(keyOf('free'))

  it('refuses the 21st request to free models in a minute, and takes it when the first is a minute old', () => {
    const ledger = createLedger()
    const at = (nowMs: number) => admit(free, true, { ledger, credits: null, nowMs })
    for (let request = 0; request < 20; request++) expect(at(noon + request)).toBeNull()
    const refusal = at(noon + 20)
    expect(refusal).toMatchObject({
      status: 429,
      message: 'Rate limit exceeded: free-models-per-min',
      retryAfterMs: minuteMs - 20,
      headers: {
        'X-RateLimit-Limit': '20',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': String(noon + minuteMs),
      },
    })
    expect(refusal?.metadata['headers']).toEqual(refusal?.headers)
    expect(at(noon + minuteMs - 1)?.status).toBe(429)
    expect(at(noon + minuteMs)).toBeNull()
  })

  it.each([
    [usd(0), 50],
    [usd(9.99), 50],
    [usd(10), 1000],
    [null, 1000],
  ])(
    'with %s pico-USD bought lets %d free requests into a UTC day and starts again at 00:00',
    (credits, most) => {
      const ledger = createLedger()
      expect(freeDailyLimit(credits)).toBe(most)
      const firstMs = midnight - (most + 1) * 3_100
      const at = (nowMs: number) => admit(free, true, { ledger, credits, nowMs })
      for (let request = 0; request < most; request++) expect(at(firstMs + request * 3_001)).toBeNull()
      expect(at(midnight - 1)).toMatchObject({
        message: 'Rate limit exceeded: free-models-per-day',
        retryAfterMs: 1,
        headers: { 'X-RateLimit-Limit': String(most), 'X-RateLimit-Reset': String(midnight) },
      })
      expect(at(midnight)).toBeNull()
    },
  )

  it('counts free requests of all keys together', () => {
    const ledger = createLedger()
    const keys = [callerOf(keyOf('one')), callerOf(keyOf('two'))]
    const refused = Array.from({ length: 22 }, (_, n) => n).filter(
      n => admit(keys[n % 2] ?? free, true, { ledger, credits: null, nowMs: noon }) !== null,
    )
    expect(refused).toEqual([20, 21])
  })

  it('has no limit for paid models', () => {
    const ledger = createLedger()
    for (let request = 0; request < 2000; request++) {
      expect(admit(free, false, { ledger, credits: null, nowMs: noon })).toBeNull()
    }
  })

  it('has no limits for the local caller', () => {
    const ledger = createLedger()
    for (let request = 0; request < 100; request++) {
      expect(admit(localCaller, true, { ledger, credits: 0n, nowMs: noon })).toBeNull()
    }
  })

  it("holds a key's own requests per minute, of each key by itself", () => {
    const ledger = createLedger()
    const slow = callerOf(keyOf('slow', { requestsPerMinute: 2 }))
    const other = callerOf(keyOf('other', { requestsPerMinute: 2 }))
    const context = { ledger, credits: null, nowMs: noon }
    expect([admit(slow, false, context), admit(slow, true, context)]).toEqual([null, null])
    expect(admit(slow, false, context)).toMatchObject({
      status: 429,
      message: 'Rate limit exceeded: key-requests-per-min',
      headers: { 'X-RateLimit-Limit': '2' },
    })
    expect(admit(other, false, context)).toBeNull()
  })

  it('does not count what it refuses', () => {
    const ledger = createLedger()
    const slow = callerOf(keyOf('slow', { requestsPerMinute: 1 }))
    expect(admit(slow, true, { ledger, credits: null, nowMs: noon })).toBeNull()
    for (let n = 1; n < 50; n++) admit(slow, true, { ledger, credits: null, nowMs: noon + n * 1_000 })
    expect(ledger.freeUsed(noon)).toBe(1)
    expect(admit(slow, true, { ledger, credits: null, nowMs: noon + minuteMs })).toBeNull()
  })

  it('refuses a management key before anything else', () => {
    const admin = callerOf(keyOf('admin', { kind: 'management', budget: { limit: 0n, reset: 'never' } }))
    expect(admit(admin, false, { ledger: createLedger(), credits: null, nowMs: noon })).toMatchObject({
      status: 403,
      errorType: 'permission_denied',
    })
  })

  it.each([
    // budget, spent, held, credits, model is free → refused
    [5, 4.99, 0, null, false, false],
    [5, 5, 0, null, false, true],
    [5, 4, 1, null, false, true],
    [5, 5, 0, null, true, false],
    [5, 5.01, 0, null, true, true],
    [0, 0, 0, null, true, false],
    [0, 0, 0, null, false, true],
    [null, 99, 0, null, false, false],
    [null, 1, 0, 2, false, false],
    [null, 2, 0, 2, false, true],
    [null, 2, 0, 2, true, false],
    [null, 2.01, 0, 2, true, true],
    [100, 2, 0, 2, false, true],
  ])('budget %j, spent %j, held %j, credits %j, free model %j: refused is %j', (...row) => {
    const [limit, spent, held, credits, isFree, isRefused] = row
    const ledger = createLedger()
    const budget = limit === null ? null : ({ limit: usd(limit), reset: 'never' } as const)
    const caller = callerOf(keyOf('team', { budget }))
    charge(ledger, caller.id, { charged: usd(spent), held: usd(held) })
    const context = { ledger, credits: credits === null ? null : usd(credits), nowMs: noon }
    const refusal = admit(caller, isFree, context)
    expect(refusal?.status).toBe(isRefused ? 402 : undefined)
    if (refusal) expect(refusal.message).toMatch(/^Insufficient credits\. /)
  })

  it.each([
    ['daily', '2026-11-19T23:59:59Z', true],
    ['daily', '2026-11-20T00:00:00Z', false],
    ['weekly', '2026-11-15T23:59:59Z', true],
    ['weekly', '2026-11-16T00:00:00Z', false],
    ['monthly', '2026-10-31T23:59:59Z', true],
    ['monthly', '2026-11-01T00:00:00Z', false],
    ['never', '2020-01-01T00:00:00Z', false],
  ] as const)('of a %s budget spent at %s lets a request in on 2026-11-20: %j', (reset, time, isAdmitted) => {
    const ledger = createLedger()
    const caller = callerOf(keyOf('team', { budget: { limit: usd(1), reset } }))
    charge(ledger, caller.id, { charged: usd(1), atMs: Date.parse(time) })
    const refusal = admit(caller, false, { ledger, credits: null, nowMs: noon })
    expect(refusal === null).toBe(isAdmitted)
  })
})

describe('reserve', () => {
  const budget = { limit: usd(1), reset: 'never' } as const
  const caller = callerOf(keyOf('team', { budget }))

  it('keeps requests that come together within a budget, when their worst case is known', () => {
    const costs = fc.record({
      worst: fc.integer({ min: 0, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(costs, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (requests, atOnce) => {
        const ledger = createLedger()
        const context = { ledger, credits: null, nowMs: noon }
        const underWay: (() => void)[] = []
        for (const { worst, share } of requests) {
          if (underWay.length >= atOnce) underWay.shift()?.()
          if (admit(caller, false, context)) continue
          const amount = usd(worst / 100)
          const reserved = reserve(caller, { amount, mustFit: true }, context)
          if (!reserved.ok) continue
          underWay.push(() => {
            charge(ledger, caller.id, { charged: (amount * BigInt(Math.floor(share * 1000))) / 1000n })
            reserved.release()
          })
        }
        for (const end of underWay) end()
        expect(ledger.total(caller.id).charged).toBeLessThanOrEqual(budget.limit)
        expect(ledger.reserved()).toBe(0n)
      }),
      { numRuns: 200 },
    )
  })

  it('lets a request of unknown length pass while anything is left', () => {
    const ledger = createLedger()
    const context = { ledger, credits: null, nowMs: noon }
    charge(ledger, caller.id, { charged: usd(0.99) })
    expect(reserve(caller, { amount: usd(0.5), mustFit: false }, context).ok).toBe(true)
    expect(admit(caller, false, context)?.status).toBe(402)
  })

  it('refuses with what is left what may cost more', () => {
    const context = { ledger: createLedger(), credits: usd(0.25), nowMs: noon }
    expect(reserve(caller, { amount: usd(0.26), mustFit: true }, context)).toMatchObject({
      ok: false,
      error: { status: 402, metadata: { remaining_usd: '0.25' } },
    })
  })

  it('sets nothing aside for those whose spending has no bound', () => {
    const ledger = createLedger()
    const context = { ledger, credits: null, nowMs: noon }
    for (const unbound of [localCaller, callerOf(keyOf('rich'))]) {
      expect(reserve(unbound, { amount: usd(9), mustFit: true }, context).ok).toBe(true)
    }
    expect(ledger.reserved()).toBe(0n)
  })
})
