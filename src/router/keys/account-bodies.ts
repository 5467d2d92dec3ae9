import type { JsonObject } from '../../core/index.ts'
import { apiError, type ApiError } from '../api-error.ts'
import { toNumber } from '../usage-body.ts'
import type { AdmissionContext } from './admission.ts'
import type { Caller } from './key-ring.ts'
import type { ActivityRow } from './usage-book.ts'
import { dateOf, dayOf } from './utc-period.ts'

/** What to answer a caller that may not see the account (403): one with an inference key. null: it may. Pure. */
export function accountRefusal({ kind }: Caller): ApiError | null {
  if (kind !== 'inference') return null
  return apiError('permission_denied', 'Only management keys can read the account')
}

/** The `data` of `GET /credits`, in USD. Without a balance no credits were ever bought: 0. Pure. */
export function creditsBody({ ledger, credits }: AdmissionContext): JsonObject {
  return { total_credits: toNumber(credits ?? 0n), total_usage: toNumber(ledger.account().charged) }
}

/** What activity is asked for; null: all. */
export interface ActivityQuery {
  /** `2026-11-20`. */
  readonly date: string | null
  /** SHA-256 of a key, in hex. */
  readonly apiKeyHash: string | null
}

/** Completed days that activity is known of. */
const activityDays = 30

/**
 * The `data` of `GET /activity`: requests by day, model and endpoint over the last 30 completed UTC days, newest day
 * first. Pure.
 *
 * @returns null when the date is none of these days.
 */
export function activityBody(
  { date, apiKeyHash }: ActivityQuery,
  { ledger, nowMs }: Pick<AdmissionContext, 'ledger' | 'nowMs'>,
): readonly JsonObject[] | null {
  const today = dayOf(nowMs)
  const days = Array.from({ length: activityDays }, (_, index) => today - 1 - index)
  const asked = date === null ? days : days.filter(day => dateOf(day) === date)
  if (asked.length === 0) return null
  const rows = ledger.activity().filter(row => apiKeyHash === null || row.keyId === apiKeyHash.toLowerCase())
  return asked.flatMap(day => rowsOfDay(rows.filter(row => row.day === day)))
}

/** Rows of several keys for the same endpoint become one. */
function rowsOfDay(rows: readonly ActivityRow[]): readonly JsonObject[] {
  const groups = Map.groupBy(rows, ({ model, endpoint }) => `${model}\u0000${endpoint}`)
  return [...groups.values()].map(activityRow)
}

function activityRow(group: readonly ActivityRow[]): JsonObject {
  const [first] = group
  const sum = (count: (row: ActivityRow) => number) => group.reduce((all, row) => all + count(row), 0)
  return {
    date: dateOf(first?.day ?? 0),
    model: first?.model,
    model_permaslug: first?.model,
    endpoint_id: first?.endpoint,
    provider_name: first?.provider,
    requests: sum(row => row.requests),
    prompt_tokens: sum(row => row.promptTokens),
    completion_tokens: sum(row => row.completionTokens),
    reasoning_tokens: sum(row => row.reasoningTokens),
    usage: toNumber(group.reduce((all, row) => all + row.charged, 0n)),
    byok_usage_inference: 0,
  }
}
