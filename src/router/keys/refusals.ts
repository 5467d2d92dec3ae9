import { formatUsd, type PicoUsd } from '../../core/index.ts'
import { type ApiError, apiError } from '../api-error.ts'

/** A limit that a request met. */
export interface MetLimit {
  /** As clients know it: `free-models-per-min`, `free-models-per-day`, `key-requests-per-min`. */
  readonly name: string
  readonly limit: number
  /** Epoch milliseconds from which a request is admitted again. */
  readonly resetMs: number
}

/** The router's own 429: the only one with `X-RateLimit-*`, in headers and metadata. Pure. */
export function rateLimited({ name, limit, resetMs }: MetLimit, nowMs: number): ApiError {
  const headers = {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(resetMs),
  }
  return {
    ...apiError('rate_limit_exceeded', `Rate limit exceeded: ${name}`),
    retryAfterMs: Math.max(resetMs - nowMs, 0),
    metadata: { headers },
    headers,
  }
}

/** The 402 of a budget or a balance that is used up. Clients match on the beginning of the message. Pure. */
export function insufficientCredits(why: string, left: PicoUsd): ApiError {
  return {
    ...apiError('payment_required', `Insufficient credits. ${why}`),
    status: 402,
    publicType: 'payment_required',
    fault: 'client',
    metadata: { remaining_usd: formatUsd(left) },
  }
}

/** The 403 of a management key that asks for inference. */
export function managementKeyRefused(): ApiError {
  return apiError('permission_denied', 'Management keys cannot be used for inference')
}
