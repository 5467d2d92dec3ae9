import type { JsonObject } from '../../core/index.ts'
import { toNumber } from '../usage-body.ts'
import { type AdmissionContext, freeDailyLimit, isFreeTier } from './admission.ts'
import { budgetLeft } from './balance.ts'
import type { BudgetReset, KeyDefinition } from './key-definition.ts'
import type { Caller } from './key-ring.ts'
import { dayOf, firstDayOf } from './utc-period.ts'

/**
 * The `data` of `GET /key`: what the caller's key is, may spend and has spent, periods in UTC. Pure.
 *
 * `usage` is what is known to have been charged; `limit_remaining` also takes off what requests with an unknown charge
 * cost at least. The local caller has no limits.
 */
export function keyBody(caller: Caller, context: AdmissionContext): JsonObject {
  const { key } = caller
  const isManagement = key?.kind === 'management'
  return {
    label: caller.name || 'local',
    ...limitFields(key, context),
    ...usageFields(caller, context),
    is_free_tier: isFreeTier(context.credits),
    is_management_key: isManagement,
    is_provisioning_key: isManagement,
    expires_at: isoTime(key?.expiresAtMs ?? null),
    creator_user_id: null,
    free_model_daily_requests: freeRequests(context),
    allowed_data_regions: regionNames(caller.rules.regions),
    organization_id: null,
    workspace_id: null,
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  }
}

function limitFields(key: KeyDefinition | null, { ledger, nowMs }: AdmissionContext): JsonObject {
  const left = key && budgetLeft(key, ledger, nowMs)
  const reset = key?.budget?.reset ?? 'never'
  return {
    limit: toNumber(key?.budget?.limit ?? null),
    limit_remaining: toNumber(left !== null && left < 0n ? 0n : left),
    limit_reset: reset === 'never' ? null : reset,
    include_byok_in_limit: false,
  }
}

function usageFields({ id }: Caller, { ledger, nowMs }: AdmissionContext): JsonObject {
  const usageIn = (reset: BudgetReset) =>
    toNumber(ledger.since(id, firstDayOf(reset, dayOf(nowMs))).charged) ?? 0
  return {
    usage: toNumber(ledger.total(id).charged),
    usage_daily: usageIn('daily'),
    usage_weekly: usageIn('weekly'),
    usage_monthly: usageIn('monthly'),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
  }
}

function freeRequests({ ledger, credits, nowMs }: AdmissionContext): JsonObject {
  const limit = freeDailyLimit(credits)
  const used = ledger.freeUsed(nowMs)
  return { limit, used, remaining: Math.max(limit - used, 0) }
}

/** OpenRouter's words for regions. */
const knownRegions: Readonly<Record<string, string>> = { eu: 'europe', us: 'us' }

function regionNames(regions: readonly string[] | null): readonly string[] {
  return regions === null ? ['global', 'europe', 'us'] : regions.map(region => knownRegions[region] ?? region)
}

function isoTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
