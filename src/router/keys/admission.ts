import type { PicoUsd } from '../../core/index.ts'
import type { ApiError } from '../api-error.ts'
import { budgetLeft, creditsLeft } from './balance.ts'
import type { KeyDefinition } from './key-definition.ts'
import type { Caller } from './key-ring.ts'
import type { Ledger } from './ledger.ts'
import { insufficientCredits, managementKeyRefused, type MetLimit, rateLimited } from './refusals.ts'
import { dayMs, dayOf } from './utc-period.ts'

/** Limits of `:free` models, for all keys together (OpenRouter: docs, limits). */
const freePerMinute = 20
const freePerDay = { few: 50, many: 1000 } as const
/** Credits bought from which the higher daily limit holds: 10 USD. */
const manyCredits: PicoUsd = 10n * 10n ** 12n

/** What admission depends on. */
export interface AdmissionContext {
  readonly ledger: Ledger
  /** Credits bought; null: no balance is kept. */
  readonly credits: PicoUsd | null
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** Requests to free models that the account may make in a UTC day. Pure. */
export function freeDailyLimit(credits: PicoUsd | null): number {
  return isFreeTier(credits) ? freePerDay.few : freePerDay.many
}

/** Whether too little was ever bought for the higher limits. Pure. */
export function isFreeTier(credits: PicoUsd | null): boolean {
  return credits !== null && credits < manyCredits
}

/**
 * Lets a request in, and counts it, unless the caller may not run inference (403), has nothing left to spend (402) or
 * met a limit (429). A refused request is not counted. Never waits: check and count are one step, so of requests
 * that come together no more get in than may.
 *
 * @param isFree the request is for a free model.
 * @returns what to answer instead; null: it is in.
 */
export function admit(caller: Caller, isFree: boolean, context: AdmissionContext): ApiError | null {
  const { key } = caller
  if (!key) return null
  const { ledger, nowMs } = context
  const refusal =
    (key.kind === 'management' ? managementKeyRefused() : null) ??
    overspent(key, isFree, context) ??
    limited(key, isFree, context)
  if (refusal) return refusal
  ledger.admit({ atMs: nowMs, keyId: caller.id, isFree, isTimed: key.requestsPerMinute !== null })
  return null
}

/** A free request needs a balance that is not negative, every other one something to spend. */
function overspent(key: KeyDefinition, isFree: boolean, context: AdmissionContext): ApiError | null {
  for (const { left, underWay, why } of purses(key, context)) {
    const isSpent = isFree ? left < 0n : left - underWay <= 0n
    if (isSpent) return insufficientCredits(why, left)
  }
  return null
}

/**
 * Sets aside what a request may cost at most, when the caller's spending is bounded. Where that is known (`mustFit`),
 * a request that may pass the bound is refused; otherwise requests under way may pass it by what they cost.
 *
 * @returns what gives the money back, to be called when the request has ended; or what to answer instead (402).
 */
export function reserve(
  caller: Caller,
  cost: { readonly amount: PicoUsd; readonly mustFit: boolean },
  context: AdmissionContext,
): { readonly ok: true; readonly release: () => void } | { readonly ok: false; readonly error: ApiError } {
  const bounds = caller.key ? purses(caller.key, context) : []
  const { amount, mustFit } = cost
  if (bounds.length === 0 || amount === 0n) return { ok: true, release: () => undefined }
  const short = bounds.find(({ left, underWay }) => mustFit && left - underWay < amount)
  if (!short) return { ok: true, release: context.ledger.reserve(caller.id, amount) }
  const error = insufficientCredits(
    'This request may cost more than is left; ask for fewer max_tokens',
    short.left,
  )
  return { ok: false, error }
}

/** What bounds a key's spending: its budget, and the account's credits. */
interface Purse {
  readonly left: PicoUsd
  /** Set aside for requests under way. */
  readonly underWay: PicoUsd
  readonly why: string
}

function purses(key: KeyDefinition, { ledger, credits, nowMs }: AdmissionContext): readonly Purse[] {
  const budget = budgetLeft(key, ledger, nowMs)
  const balance = creditsLeft(credits, ledger)
  const period = key.budget?.reset === 'never' ? '' : ` ${key.budget?.reset ?? ''}`
  return [
    ...(budget === null
      ? []
      : [
          {
            left: budget,
            underWay: ledger.reserved(key.sha256),
            why: `The key's${period} budget is used up`,
          },
        ]),
    ...(balance === null
      ? []
      : [{ left: balance, underWay: ledger.reserved(), why: "The account's credits are used up" }]),
  ]
}

function limited(key: KeyDefinition, isFree: boolean, context: AdmissionContext): ApiError | null {
  const met = (isFree ? metFreeLimit(context) : null) ?? metKeyLimit(key, context)
  return met && rateLimited(met, context.nowMs)
}

/** The day's limit first: it is the one that lasts. */
function metFreeLimit({ ledger, credits, nowMs }: AdmissionContext): MetLimit | null {
  const daily = freeDailyLimit(credits)
  if (ledger.freeUsed(nowMs) >= daily) {
    return { name: 'free-models-per-day', limit: daily, resetMs: (dayOf(nowMs) + 1) * dayMs }
  }
  const { used, nextMs } = ledger.freeRate(freePerMinute, nowMs)
  return used < freePerMinute ? null : { name: 'free-models-per-min', limit: freePerMinute, resetMs: nextMs }
}

function metKeyLimit(key: KeyDefinition, { ledger, nowMs }: AdmissionContext): MetLimit | null {
  if (key.requestsPerMinute === null) return null
  const limit = key.requestsPerMinute
  const { used, nextMs } = ledger.keyRate(key.sha256, limit, nowMs)
  return used < limit ? null : { name: 'key-requests-per-min', limit, resetMs: nextMs }
}
