/** Closed sets of names that records, engines and reports share. Order is the stored Enum8 order: append only. */

/** Who measured: the router's own view, or the caller's. */
export const vantages = ['router', 'client'] as const
/** Part of a run a request belongs to; `live` is traffic outside any run, `probe` an active probe and no traffic. */
export const phases = ['live', 'warmup', 'measure', 'cooldown', 'probe'] as const
/** How it ended. HTTP 200 alone is not `ok`: error chunks and cut streams are failures. */
export const outcomes = ['ok', 'error', 'canceled', 'truncated'] as const
/** Who is to blame for a failure. */
export const faults = ['none', 'provider', 'rate_limit', 'network', 'client', 'policy', 'router'] as const
/** Whether another provider or another model was tried. */
export const fallbacks = ['none', 'provider', 'model'] as const
/** What sticky routing did. */
export const stickyStates = ['none', 'new', 'kept', 'moved_fault', 'moved_policy', 'expired'] as const
/** Why an attempt was made. */
export const attemptKinds = [
  'primary',
  'retry',
  'provider_fallback',
  'model_fallback',
  'hedge',
  'probe',
  'rescue',
] as const
/** Circuit breaker state when the attempt began. */
export const breakerStates = ['closed', 'half_open', 'open'] as const
/**
 * What a router thinks of an endpoint: `closed` may serve, `cooling` was asked to be left alone, `open` is left alone by
 * the circuit breaker, `half_open` is being tried again by one request.
 */
export const endpointStates = ['closed', 'half_open', 'open', 'cooling'] as const
/** Where token counts came from. */
export const usageSources = ['none', 'provider', 'estimated'] as const
/** Where `cost_usd` came from: told by the answer, or computed here from a price. `none` means unknown. */
export const costSources = ['none', 'provider', 'local'] as const
/** What the router's response cache did; `off` when the request did not ask for it. */
export const responseCacheStates = ['off', 'miss', 'hit'] as const
/** State of a run. */
export const runStatuses = ['running', 'done', 'failed', 'aborted'] as const

export type Phase = (typeof phases)[number]
export type OutcomeName = (typeof outcomes)[number]
export type Fault = (typeof faults)[number]
export type EndpointStateName = (typeof endpointStates)[number]
