import { ActivityResponse$inboundSchema } from '@openrouter/sdk/models/activityresponse.js'
import { GetCreditsResponse$inboundSchema } from '@openrouter/sdk/models/operations/getcredits.js'
import { GetCurrentKeyResponse$inboundSchema } from '@openrouter/sdk/models/operations/getcurrentkey.js'
import { describe, expect, it } from 'vitest'
import { noAccessRules } from '../../../src/policy/index.ts'
import { accountRefusal, activityBody, creditsBody } from '../../../src/router/keys/account-bodies.ts'
import { keyBody } from '../../../src/router/keys/key-body.ts'
import { localCaller } from '../../../src/router/keys/key-ring.ts'
import { createLedger, type Ledger } from '../../../src/router/keys/ledger.ts'
import { callerOf, keyOf, usd } from './key-of.ts'

/** A Friday. */
const noon = Date.parse('2026-11-20T12:00:00Z')
const dayMs = 86_400_000

function settle(ledger: Ledger, keyId: string, daysAgo: number, more: object = {}): void {
  ledger.settle({
    atMs: noon - daysAgo * dayMs,
    keyId,
    model: 'acme/one',
    endpoint: 'a/one',
    provider: 'A Cloud',
    charged: usd(1),
    held: 0n,
    promptTokens: 10,
    completionTokens: 5,
    reasoningTokens: 2,
    ...more,
  })
}

describe('keyBody', () => {
  it('tells of budget, usage by period, and rules of the key', () => {
    const ledger = createLedger()
    const caller = callerOf(
      keyOf('team-a', {
        budget: { limit: usd(3), reset: 'weekly' },
        expiresAtMs: Date.parse('2027-01-31T00:00:00Z'),
        rules: { ...noAccessRules, regions: ['eu', 'us', 'moon'] },
      }),
    )
    // Today, on Monday, on Sunday before, and in October.
    for (const daysAgo of [0, 4, 5, 25]) settle(ledger, caller.id, daysAgo)
    settle(ledger, caller.id, 0, { charged: null, held: usd(0.25) })
    settle(ledger, 'other', 0)
    ledger.admit({ atMs: noon, keyId: 'other', isFree: true, isTimed: false })
    const data = keyBody(caller, { ledger, credits: usd(5), nowMs: noon })
    expect(data).toEqual({
      label: 'team-a',
      limit: 3,
      limit_remaining: 0.75,
      limit_reset: 'weekly',
      include_byok_in_limit: false,
      usage: 4,
      usage_daily: 1,
      usage_weekly: 2,
      usage_monthly: 3,
      byok_usage: 0,
      byok_usage_daily: 0,
      byok_usage_weekly: 0,
      byok_usage_monthly: 0,
      is_free_tier: true,
      is_management_key: false,
      is_provisioning_key: false,
      expires_at: '2027-01-31T00:00:00.000Z',
      creator_user_id: null,
      free_model_daily_requests: { limit: 50, used: 1, remaining: 49 },
      allowed_data_regions: ['europe', 'us', 'moon'],
      organization_id: null,
      workspace_id: null,
      rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
    })
    expect(GetCurrentKeyResponse$inboundSchema.parse({ data }).data.limitRemaining).toBe(0.75)
  })

  it('never tells of less than nothing left', () => {
    const ledger = createLedger()
    const caller = callerOf(keyOf('team-a', { budget: { limit: usd(1), reset: 'never' } }))
    settle(ledger, caller.id, 0, { charged: usd(9) })
    expect(keyBody(caller, { ledger, credits: null, nowMs: noon })).toMatchObject({
      limit_remaining: 0,
      limit_reset: null,
      is_free_tier: false,
    })
  })

  it('gives the local caller a key without limits', () => {
    const data = keyBody(localCaller, { ledger: createLedger(), credits: null, nowMs: noon })
    expect(data).toMatchObject({ label: 'local', limit: null, limit_remaining: null, is_free_tier: false })
    expect(GetCurrentKeyResponse$inboundSchema.parse({ data }).data.label).toBe('local')
  })
})

describe('creditsBody', () => {
  it.each([
    [usd(5), 5],
    [null, 0],
  ])('of %s bought tells credits and the usage of all keys', (credits, total) => {
    const ledger = createLedger()
    for (const key of ['a', 'b']) settle(ledger, key, 40)
    const data = creditsBody({ ledger, credits, nowMs: noon })
    expect(data).toEqual({ total_credits: total, total_usage: 2 })
    expect(GetCreditsResponse$inboundSchema.safeParse({ data }).success).toBe(true)
  })
})

describe('accountRefusal', () => {
  it.each([
    ['an inference key', callerOf(keyOf('a')), 403],
    ['a management key', callerOf(keyOf('a', { kind: 'management' })), undefined],
    ['the local caller', localCaller, undefined],
  ])('answers %s with %s', (_who, caller, status) => {
    expect(accountRefusal(caller)?.status).toBe(status)
  })
})

describe('activityBody', () => {
  const ledger = createLedger()
  for (const daysAgo of [31, 30, 2, 1, 1, 0]) settle(ledger, 'aa', daysAgo)
  settle(ledger, 'bb', 1)
  settle(ledger, 'bb', 1, { endpoint: 'b/one', provider: 'B Cloud' })
  const of = (date: string | null, apiKeyHash: string | null) =>
    activityBody({ date, apiKeyHash }, { ledger, nowMs: noon })?.map(row => [
      row['date'],
      row['endpoint_id'],
      row['requests'],
      row['usage'],
    ])

  it('shows the last 30 completed days, newest first, one row for each endpoint', () => {
    expect(of(null, null)).toEqual([
      ['2026-11-19', 'a/one', 3, 3],
      ['2026-11-19', 'b/one', 1, 1],
      ['2026-11-18', 'a/one', 1, 1],
      ['2026-10-21', 'a/one', 1, 1],
    ])
  })

  it.each([
    ['2026-11-19', 'AA', [['2026-11-19', 'a/one', 2, 2]]],
    ['2026-11-19', 'nobody', []],
    ['2026-11-17', null, []],
    ['2026-11-20', null, undefined],
    ['2026-10-20', null, undefined],
    ['yesterday', null, undefined],
  ])('for date %j and key %j shows %j', (date, hash, rows) => {
    expect(of(date, hash)).toEqual(rows)
  })

  it("has OpenRouter's shape", () => {
    const data = activityBody({ date: null, apiKeyHash: null }, { ledger, nowMs: noon })
    expect(data?.[0]).toEqual({
      date: '2026-11-19',
      model: 'acme/one',
      model_permaslug: 'acme/one',
      endpoint_id: 'a/one',
      provider_name: 'A Cloud',
      requests: 3,
      prompt_tokens: 30,
      completion_tokens: 15,
      reasoning_tokens: 6,
      usage: 3,
      byok_usage_inference: 0,
    })
    expect(ActivityResponse$inboundSchema.safeParse({ data }).success).toBe(true)
  })
})
