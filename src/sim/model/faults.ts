import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import type { FaultKind } from './fault-effects.ts'

/** Where a scripted 429 says when to come back: one of the forms that providers use, or nowhere. */
export const limitDialects = [
  'native',
  'none',
  'retry_after_seconds',
  'retry_after_date',
  'retry_after_ms',
  'durations',
  'rfc3339',
  'epoch_seconds',
  'epoch_ms',
] as const

/** One of `limitDialects`; `native`: as the provider's protocol does it. */
export type LimitDialect = (typeof limitDialects)[number]

/** A scripted fault. Times of its window are real milliseconds after the start of the script. */
export interface FaultRule {
  readonly provider: string
  /** Model id (`author/slug`); null: every model of that provider. */
  readonly model: string | null
  /** What happens; `faultEffects` says what each kind does. */
  readonly kind: FaultKind
  /** HTTP status for `status`; ignored by the others. */
  readonly status: number
  readonly fromMs: number
  /** First instant that is not hit any more; null: never ends. */
  readonly toMs: number | null
  /** Share of requests hit, 0–1. */
  readonly ratio: number
  /** Extra wait in simulated milliseconds for `slow_headers`, `slow_first_token` and `stall` (0: `stall` never goes on). */
  readonly delayMs: number
  /** Within its window the fault is on for `onMs` at the start of each `periodMs`; absent or null: all the time. */
  readonly flap?: { readonly periodMs: number; readonly onMs: number } | null
  /** Hits only the n-th API key that the provider saw, from 1; absent or null: every key. */
  readonly keyNumber?: number | null
  /** Body of `status`: the provider's own JSON (default), or a page of HTML as proxies send. */
  readonly body?: 'json' | 'html'
  /** Headers of `rate_limit`; default `native`. */
  readonly dialect?: LimitDialect
  /** What `rate_limit` asks the caller to wait, in simulated milliseconds; default 1000. */
  readonly retryAfterMs?: number
  /** Comment lines during a `stall`, that often, in simulated milliseconds; absent or null: silence. */
  readonly commentMs?: number | null
  /** How `cut_stream` ends: connection closed, or answer ended as if it were whole; absent or null: by lot. */
  readonly how?: 'reset' | 'end' | null
  /** Times of `slow`, and output tokens reported by `wrong_usage`, are multiplied by this; default 2. */
  readonly factor?: number
}

/** A request as far as it decides whom a fault hits. */
export interface FaultTarget {
  readonly endpoint: Endpoint
  /** Real milliseconds since the start of the script. */
  readonly elapsedMs: number
  readonly rng: Rng
  /** Which of the provider's keys it came with, from 1; absent: the first. */
  readonly keyNumber?: number
  /** Whether its connection had carried an answer before; absent: no. */
  readonly isReused?: boolean
}

/**
 * The fault that hits a request, or null. Of several rules the first that hits wins.
 *
 * Pure: each rule draws from its own fork, so adding a rule does not change whom the others hit.
 */
export function faultFor(rules: readonly FaultRule[], request: FaultTarget): FaultRule | null {
  const hit = rules.find((rule, position) => {
    if (!covers(rule, request)) return false
    return rule.ratio >= 1 || request.rng.fork(`fault/${position}`).next() < rule.ratio
  })
  return hit ?? null
}

function covers(rule: FaultRule, request: FaultTarget): boolean {
  const { endpoint, keyNumber = 1, isReused = false } = request
  if (rule.provider !== endpoint.provider.id) return false
  if (rule.model !== null && rule.model !== endpoint.modelId) return false
  if ((rule.keyNumber ?? keyNumber) !== keyNumber) return false
  if (rule.kind === 'keep_alive_reset' && !isReused) return false
  return isOn(rule, request.elapsedMs)
}

function isOn({ fromMs, toMs, flap = null }: FaultRule, elapsedMs: number): boolean {
  if (elapsedMs < fromMs || (toMs !== null && elapsedMs >= toMs)) return false
  return flap === null || (elapsedMs - fromMs) % flap.periodMs < flap.onMs
}
