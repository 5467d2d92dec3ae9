import { type ErrorType, errorClasses, isErrorType } from './error-classes.ts'
import { asObject, asText } from './json.ts'
import type { ExchangeOutcome } from './types.ts'

/** A failed exchange. */
export type ExchangeError = Extract<ExchangeOutcome, { kind: 'error' }>

const typeByStatus: Readonly<Record<number, ErrorType>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'payment_required',
  403: 'permission_denied',
  404: 'not_found',
  408: 'timeout',
  413: 'payload_too_large',
  422: 'unprocessable',
  429: 'rate_limit_exceeded',
  502: 'provider_unavailable',
  503: 'provider_overloaded',
  504: 'timeout',
  524: 'timeout',
  529: 'provider_overloaded',
}

const typeByNetworkCode: Readonly<Record<string, ErrorType>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  UND_ERR_CONNECT_TIMEOUT: 'timeout_connect',
  ETIMEDOUT: 'timeout_connect',
  ENOTFOUND: 'name_not_resolved',
  EAI_AGAIN: 'name_not_resolved',
}

/** An error of a known type, with the fault its type carries. */
export function errorOf(errorType: ErrorType, message: string): ExchangeError {
  return { kind: 'error', fault: errorClasses[errorType].fault, errorType, message }
}

/** Whose words count: only a router may name the classes of a router's own decisions. */
export interface Trust {
  /** Default false: a router's own types, and `router_error_type` and `availability` in an answer, say nothing. */
  readonly trustsRouterErrors?: boolean
}

/** What a router says of itself and its caller; no provider can know it. */
const routerTypes: ReadonlySet<ErrorType> = new Set([
  'canceled',
  'no_endpoints',
  'queue_full',
  'queue_timeout',
  'router_overloaded',
  'router_closing',
  'router_internal',
])

/** Classifies an HTTP answer that is no success, from its status and body (any shape, JSON or not). Pure. */
export function classifyStatus(status: number, body: unknown, trust: Trust = {}): ExchangeError {
  const error = asObject(asObject(body)?.['error'])
  const message = asText(error?.['message']) || `HTTP ${status}`
  return errorOf(
    namedType(error, trust) ?? typeByStatus[status] ?? (status >= 500 ? 'server' : 'invalid_request'),
    message,
  )
}

/**
 * Classifies an `error` object inside a body or stream whose HTTP status said success.
 * Its `code` is a number or a text, by provider; a number counts as a status. Pure.
 */
export function classifyErrorObject(error: unknown, trust: Trust = {}): ExchangeError {
  const object = asObject(error)
  const message = asText(object?.['message']) || 'error inside a successful answer'
  const status = Number(object?.['code'])
  return errorOf(namedType(object, trust) ?? typeByStatus[status] ?? 'stream_error', message)
}

/** Classifies what the HTTP client threw. Pure. */
export function classifyThrown(thrown: unknown): ExchangeError {
  const code = asText(asObject(thrown)?.['code'])
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return errorOf(typeByNetworkCode[code] ?? 'network', message || code)
}

/** What OpenRouter's vocabulary has no name for; `availability` that may change soon comes after failed attempts, too. */
function routerTypeOf(error: Readonly<Record<string, unknown>> | null): ErrorType | null {
  const named = asText(asObject(error?.['metadata'])?.['router_error_type'])
  if (isErrorType(named) && routerTypes.has(named)) return named
  const availability = asObject(error?.['availability'])
  return availability && availability['retryable'] !== true ? 'no_endpoints' : null
}

function namedType(error: Readonly<Record<string, unknown>> | null, trust: Trust): ErrorType | null {
  const own = trust.trustsRouterErrors ? routerTypeOf(error) : null
  if (own) return own
  const named =
    asText(asObject(error?.['metadata'])?.['error_type']) ||
    asText(error?.['error_type']) ||
    asText(error?.['code'])
  if (!isErrorType(named)) return null
  return trust.trustsRouterErrors || !routerTypes.has(named) ? named : null
}
