import type { JsonObject } from '../../core/index.ts'
import type { ErrorType } from '../error-classes.ts'
import { asArray, asObject, asText } from '../json.ts'

/** Canonical codes (google.rpc.Code) by our types. */
const types: Readonly<Record<string, ErrorType>> = {
  INVALID_ARGUMENT: 'invalid_request',
  FAILED_PRECONDITION: 'invalid_request',
  OUT_OF_RANGE: 'invalid_request',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission_denied',
  NOT_FOUND: 'not_found',
  RESOURCE_EXHAUSTED: 'rate_limit_exceeded',
  CANCELLED: 'server',
  INTERNAL: 'server',
  UNKNOWN: 'server',
  UNAVAILABLE: 'provider_overloaded',
  DEADLINE_EXCEEDED: 'timeout',
}

/** An error with its type in our words beside its own code; one of no known code as it is. Pure. */
export function decodeErrorObject(error: JsonObject): JsonObject {
  const type = typeOf(error)
  return type === null ? error : { ...error, metadata: { ...asObject(error['metadata']), error_type: type } }
}

/** A body with such an error, also as the first of an array, which is what a stream without `alt=sse` sends. Pure. */
export function decodeErrorBody(body: unknown): unknown {
  const first: unknown = Array.isArray(body) ? body[0] : body
  const error = asObject(asObject(first)?.['error'])
  return error ? { ...asObject(first), error: decodeErrorObject(error) } : body
}

function typeOf(error: JsonObject): ErrorType | null {
  // A wrong key is an invalid argument here.
  const reasons = asArray(error['details']).map(detail => asObject(detail)?.['reason'])
  if (reasons.includes('API_KEY_INVALID')) return 'authentication'
  const status = asText(error['status'])
  return Object.hasOwn(types, status) ? (types[status] ?? null) : null
}
