import type { JsonObject, PicoUsd } from '../../core/index.ts'
import { toNumber } from '../usage-body.ts'
import { type AdmissionContext, freeDailyLimit, isFreeTier } from './admission.ts'
import { budgetLeft } from './balance.ts'
import type { BudgetReset } from './key-definition.ts'
import type { Caller } from './key-ring.ts'
import { dayOf, firstDayOf } from './utc-period.ts'

/**
 * The `data` of `GET /key`: what the caller's key is, may spend and has spent, periods in UTC. Pure.
 *
 * `usage` is what is known to have been charged; `limit_remaining` also takes off what requests with an unknown charge
 * cost at least. Of the local caller: no limits, and the usage of everyone.
 */
export function keyBody(caller: Caller, { ledger, credits, nowMs }: AdmissionContext): JsonObject {
  const { key, id } = caller
  const usageIn = (reset: BudgetReset) =>
    toNumber(ledger.since(id, firstDayOf(reset, dayOf(nowMs))).charged) ?? 0
  const reset = key?.budget?.reset ?? 'never'
  const limit = key?.budget?.limit ?? null
  const left = key && budgetLeft(key, ledger, nowMs)
  const isManagement = key?.kind === 'management'
  const daily = freeDailyLimit(credits)
  const used = ledger.freeUsed(nowMs)
  return {
    label: caller.name || 'local',
    limit: toNumber(limit),
    limit_remaining: toNumber(left === null ? null : atLeastZero(left)),
    limit_reset: reset === 'never' ? null : reset,
    include_byok_in_limit: false,
    usage: toNumber(ledger.total(id).charged),
    usage_daily: usageIn('daily'),
    usage_weekly: usageIn('weekly'),
    usage_monthly: usageIn('monthly'),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    is_free_tier: isFreeTier(credits),
    is_management_key: isManagement,
    is_provisioning_key: isManagement,
    expires_at: isoTime(key?.expiresAtMs ?? null),
    creator_user_id: null,
    free_model_daily_requests: { limit: daily, used, remaining: Math.max(daily - used, 0) },
    allowed_data_regions: regionNames(caller.rules.regions),
    organization_id: null,
    workspace_id: null,
    rate_limit: {
      requests: -1,
      interval: '10s',
      note: 'This field is deprecated and safe to ignore.',
    },
  }
}

/** OpenRouter's words for regions. */
const knownRegions: Readonly<Record<string, string>> = { eu: 'europe', us: 'us' }

function regionNames(regions: readonly string[] | null): readonly string[] {
  return regions === null ? ['global', 'europe', 'us'] : regions.map(region => knownRegions[region] ?? region)
}

function isoTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}

function atLeastZero(amount: PicoUsd): PicoUsd {
  return amount < 0n ? 0n : amount
}
