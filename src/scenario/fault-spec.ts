import type { FaultFile, FaultInput } from './fault-schema.ts'

/** A scripted fault of the simulated providers. Times are seconds after the start of the run. */
export interface FaultSpec {
  readonly provider: string
  /** null: every model of that provider. */
  readonly model: string | null
  readonly kind: FaultFile['kind']
  readonly fromSeconds: number
  readonly toSeconds: number | null
  /** Share of requests hit, 0–1. */
  readonly ratio: number
  /** On for `onSeconds` at the start of each `periodSeconds`; null: all the time. */
  readonly flap: { readonly periodSeconds: number; readonly onSeconds: number } | null
  /** Which of the keys that the provider sees is hit, from 1; null: all. */
  readonly keyNumber: number | null
  /** HTTP status for `status`. */
  readonly status: number
  /** Body of `status`. */
  readonly body: 'json' | 'html'
  /** Headers of `rate_limit`. */
  readonly dialect: (FaultFile & { kind: 'rate_limit' })['headers']
  readonly retryAfterMs: number
  /** Extra wait for the slow kinds; 0 for `stall`: it never ends. */
  readonly delayMs: number
  /** Comment lines during a `stall`; null: none. */
  readonly commentMs: number | null
  /** How `cut_stream` ends; null: by lot. */
  readonly how: 'reset' | 'end' | null
  /** For `slow` and `wrong_usage`. */
  readonly factor: number
}

/** Brings a checked fault into the program's names. Pure. */
export function faultOf(file: FaultFile): FaultSpec {
  const fault = { ...absent, ...file }
  const { period_seconds: periodSeconds, on_seconds } = fault
  return {
    provider: fault.provider,
    model: fault.model,
    kind: fault.kind,
    fromSeconds: fault.from_seconds,
    toSeconds: fault.to_seconds,
    ratio: fault.ratio,
    flap: periodSeconds === null ? null : { periodSeconds, onSeconds: on_seconds ?? periodSeconds / 2 },
    keyNumber: fault.key_number,
    status: fault.kind === 'rate_limit' ? 429 : fault.status,
    body: fault.body,
    dialect: fault.headers,
    retryAfterMs: fault.retry_after_ms,
    delayMs: fault.delay_ms ?? 0,
    commentMs: fault.comment_ms,
    how: fault.how,
    factor: fault.factor,
  }
}

/** What the keys of other kinds stand at. */
const absent = {
  status: 503,
  body: 'json',
  headers: 'native',
  retry_after_ms: 1000,
  delay_ms: 0,
  comment_ms: null,
  how: null,
  factor: 2,
} as const

/** The fault as a file would have it. Pure; the inverse of `faultOf`. */
export function faultIn(fault: FaultSpec): FaultInput {
  const { kind, factor, delayMs: delay_ms } = fault
  const base = baseIn(fault)
  switch (kind) {
    case 'status':
      return { kind, status: fault.status, body: fault.body, ...base }
    case 'rate_limit':
      return { kind, headers: fault.dialect, retry_after_ms: fault.retryAfterMs, ...base }
    case 'slow':
    case 'wrong_usage':
      return { kind, factor, ...base }
    case 'slow_headers':
    case 'slow_first_token':
      return { kind, delay_ms, ...base }
    case 'stall':
      return { kind, delay_ms: delay_ms === 0 ? null : delay_ms, comment_ms: fault.commentMs, ...base }
    case 'cut_stream':
      return { kind, how: fault.how, ...base }
    default:
      return { kind, ...base }
  }
}

function baseIn(fault: FaultSpec) {
  return {
    provider: fault.provider,
    model: fault.model,
    from_seconds: fault.fromSeconds,
    to_seconds: fault.toSeconds,
    ratio: fault.ratio,
    period_seconds: fault.flap?.periodSeconds ?? null,
    on_seconds: fault.flap?.onSeconds ?? null,
    key_number: fault.keyNumber,
  }
}
