import type { Fault } from '../record/index.ts'
import { errorClasses, type ErrorType } from '../wire/index.ts'
import { type Availability, availabilityObject } from './availability.ts'

/** An error as the caller gets it (docs/router.md, Errors). */
export interface ApiError {
  /** HTTP status, as long as nothing has been sent. */
  readonly status: number
  /** Our class, for the records (docs/errors.md). */
  readonly errorType: ErrorType
  /** OpenRouter's `error_type`. */
  readonly publicType: string
  readonly message: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly availability: Availability | null
  readonly retryAfterMs: number | null
  /** Headers of the answer that only this error has, such as those of the router's own limits. */
  readonly headers?: Readonly<Record<string, string>>
  /** Who is to blame, where it is not whom the type says. */
  readonly fault?: Fault
}

/**
 * What the caller sees for each class of failure. A bad key, an empty account or a missing model at a provider
 * is the operator's trouble: never a 401, 402 or 404 to the caller, but 502.
 */
const publicFaces: Readonly<Partial<Record<ErrorType, readonly [status: number, publicType: string]>>> = {
  invalid_request: [400, 'invalid_request'],
  context_length_exceeded: [400, 'context_length_exceeded'],
  content_policy_violation: [400, 'content_policy_violation'],
  permission_denied: [403, 'permission_denied'],
  not_found: [404, 'not_found'],
  no_endpoints: [404, 'not_found'],
  payload_too_large: [413, 'payload_too_large'],
  unprocessable: [422, 'unprocessable'],
  rate_limit_exceeded: [429, 'rate_limit_exceeded'],
  exceeds_rate_limit: [429, 'rate_limit_exceeded'],
  router_internal: [500, 'server'],
  provider_overloaded: [503, 'provider_overloaded'],
  queue_full: [503, 'provider_overloaded'],
  queue_timeout: [503, 'provider_overloaded'],
  router_overloaded: [503, 'provider_overloaded'],
  router_closing: [503, 'provider_overloaded'],
  timeout: [504, 'timeout'],
  timeout_headers: [504, 'timeout'],
  timeout_first_token: [504, 'timeout'],
  timeout_idle: [504, 'timeout'],
  timeout_total: [504, 'timeout'],
  timeout_request: [504, 'timeout'],
  timeout_connect: [504, 'timeout'],
}

/** An error of the router's own making. */
export function apiError(errorType: ErrorType, message: string): ApiError {
  const [status, publicType] = publicFaces[errorType] ?? [502, 'provider_unavailable']
  return { status, errorType, publicType, message, metadata: {}, availability: null, retryAfterMs: null }
}

/** Who is to blame, for the records. */
export function faultOf({ errorType, fault }: ApiError): Fault {
  return fault ?? errorClasses[errorType].fault
}

/** The `error` object. Its sources contradict each other on field names, so all of them are present. */
export function errorObject(error: ApiError): Readonly<Record<string, unknown>> {
  const isInternal = error.errorType === 'router_internal'
  return {
    code: error.status,
    message: error.message,
    http_status: error.status,
    error_type: error.publicType,
    // A masked internal error carries no metadata.
    ...(!isInternal && { metadata: { error_type: error.publicType, ...ownType(error), ...error.metadata } }),
    ...(error.availability && { availability: availabilityObject(error.availability, error.retryAfterMs) }),
  }
}

/** What OpenRouter's vocabulary has no name for. */
const ownTypes: ReadonlySet<ErrorType> = new Set([
  'queue_full',
  'queue_timeout',
  'router_overloaded',
  'router_closing',
])

function ownType({ errorType }: ApiError): { readonly router_error_type?: ErrorType } {
  return ownTypes.has(errorType) ? { router_error_type: errorType } : {}
}
