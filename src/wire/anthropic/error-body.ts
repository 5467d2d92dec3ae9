import type { JsonObject } from '../../core/index.ts'
import type { ErrorType } from '../error-classes.ts'
import { asObject, asText } from '../json.ts'

/** Anthropic's types of errors (docs: api/errors) by ours. */
const types: Readonly<Record<string, ErrorType>> = {
  invalid_request_error: 'invalid_request',
  authentication_error: 'authentication',
  billing_error: 'payment_required',
  permission_error: 'permission_denied',
  not_found_error: 'not_found',
  request_too_large: 'payload_too_large',
  rate_limit_error: 'rate_limit_exceeded',
  api_error: 'server',
  timeout_error: 'timeout',
  overloaded_error: 'provider_overloaded',
}

/** An error with its type in our words beside its own; one of no known type as it is. Pure. */
export function decodeErrorObject(error: JsonObject): JsonObject {
  const type = asText(error['type'])
  if (!Object.hasOwn(types, type)) return error
  return { ...error, metadata: { ...asObject(error['metadata']), error_type: types[type] } }
}

/** A body with such an error; any other as it is. Pure. */
export function decodeErrorBody(body: unknown): unknown {
  const error = asObject(asObject(body)?.['error'])
  return error ? { ...asObject(body), error: decodeErrorObject(error) } : body
}
