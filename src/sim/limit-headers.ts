import type { LimitDialect } from './model/faults.ts'

/** A scripted limit that is used up. */
export interface UsedLimit {
  readonly limit: number
  /** Real milliseconds until it is full again; null: waiting will not help. */
  readonly waitMs: number | null
  readonly nowEpochMs: number
}

type Headers = Readonly<Record<string, string>>

const dialects: Readonly<
  Record<Exclude<LimitDialect, 'native'>, (used: UsedLimit & { waitMs: number }) => Headers>
> = {
  none: () => ({}),
  retry_after_seconds: ({ waitMs }) => ({ 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }),
  retry_after_date: ({ waitMs, nowEpochMs }) => ({
    // An HTTP date has whole seconds; rounded up, so that waiting until then is enough.
    'retry-after': new Date(Math.ceil((nowEpochMs + waitMs) / 1000) * 1000).toUTCString(),
  }),
  retry_after_ms: ({ waitMs }) => ({ 'retry-after-ms': String(Math.ceil(waitMs)) }),
  durations: used => exhausted('x-ratelimit', '-requests', used, durationOf(used.waitMs)),
  epoch_seconds: used =>
    exhausted('x-ratelimit', '', used, String(Math.ceil((used.nowEpochMs + used.waitMs) / 1000))),
  epoch_ms: used => exhausted('x-ratelimit', '', used, String(Math.ceil(used.nowEpochMs + used.waitMs))),
  rfc3339: ({ limit, waitMs, nowEpochMs }) => ({
    'anthropic-ratelimit-requests-limit': String(limit),
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(Math.ceil((nowEpochMs + waitMs) / 1000) * 1000)
      .toISOString()
      .replace('.000', ''),
  }),
}

/**
 * The headers of a scripted 429 in one of the dialects of real providers (the reset as a duration, as RFC 3339,
 * in epoch seconds or milliseconds; `retry-after` in its two forms; nothing). Pure.
 *
 * @returns null for `native`: the protocol's own headers are right.
 */
export function limitHeaders(dialect: LimitDialect, used: UsedLimit): Headers | null {
  if (dialect === 'native') return null
  const { waitMs } = used
  return waitMs === null ? {} : dialects[dialect]({ ...used, waitMs })
}

// Four parts of one header family read best in the order in which they are written.
function exhausted(...[prefix, suffix, { limit }, reset]: [string, string, UsedLimit, string]): Headers {
  return {
    [`${prefix}-limit${suffix}`]: String(limit),
    [`${prefix}-remaining${suffix}`]: '0',
    [`${prefix}-reset${suffix}`]: reset,
  }
}

/** A duration as Go prints it: `12ms`, `1.5s`, `6m0s`. */
function durationOf(waitMs: number): string {
  const ms = Math.ceil(waitMs)
  if (ms < 1000) return `${ms}ms`
  return ms < 60_000 ? `${ms / 1000}s` : `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`
}
