import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'

/** A scripted fault. Times are milliseconds after the start of the script. */
export interface FaultRule {
  readonly provider: string
  /** Model id (`author/slug`); null: every model of that provider. */
  readonly model: string | null
  /**
   * `status`: answers with `status`. `rate_limit`: answers 429 with rate-limit headers.
   * `slow_first_token`: headers at once, the first token `delayMs` late. `cut_stream`: ends in the middle.
   * `outage`: the connection is reset.
   */
  readonly kind: 'status' | 'rate_limit' | 'slow_first_token' | 'cut_stream' | 'outage'
  /** HTTP status for `status`; ignored by the others. */
  readonly status: number
  readonly fromMs: number
  /** First instant that is not hit any more; null: never ends. */
  readonly toMs: number | null
  /** Share of requests hit, 0–1. */
  readonly ratio: number
  /** Extra wait for `slow_first_token`; ignored by the others. */
  readonly delayMs: number
}

/**
 * The fault that hits a request, or null. Of several rules the first that hits wins.
 *
 * Pure: each rule draws from its own fork, so adding a rule does not change whom the others hit.
 */
export function faultFor(
  rules: readonly FaultRule[],
  request: { readonly endpoint: Endpoint; readonly elapsedMs: number; readonly rng: Rng },
): FaultRule | null {
  const hit = rules.find((rule, position) => {
    if (!covers(rule, request)) return false
    return rule.ratio >= 1 || request.rng.fork(`fault/${position}`).next() < rule.ratio
  })
  return hit ?? null
}

function covers(
  rule: FaultRule,
  { endpoint, elapsedMs }: { readonly endpoint: Endpoint; readonly elapsedMs: number },
): boolean {
  if (rule.provider !== endpoint.provider.id) return false
  if (rule.model !== null && rule.model !== endpoint.modelId) return false
  return elapsedMs >= rule.fromMs && (rule.toMs === null || elapsedMs < rule.toMs)
}
