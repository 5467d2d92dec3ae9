import type { Fault } from '../record/index.ts'
import { asObject, asText } from './json.ts'
import type { ExchangeOutcome } from './types.ts'

/** A failed exchange. */
export type ExchangeError = Extract<ExchangeOutcome, { kind: 'error' }>

/**
 * Every error type and who is to blame for it. Names follow OpenRouter's `error_type` vocabulary
 * (docs: errors-and-debugging); the `timeout_*`, connection and stream classes are ours.
 */
export const errorTypeFaults = {
  invalid_request: 'client',
  context_length_exceeded: 'client',
  content_policy_violation: 'client',
  payload_too_large: 'client',
  unprocessable: 'client',
  permission_denied: 'client',
  authentication: 'provider',
  payment_required: 'provider',
  not_found: 'provider',
  rate_limit_exceeded: 'rate_limit',
  server: 'provider',
  provider_unavailable: 'provider',
  provider_overloaded: 'provider',
  timeout: 'provider',
  timeout_headers: 'provider',
  timeout_first_token: 'provider',
  timeout_idle: 'provider',
  timeout_total: 'provider',
  timeout_request: 'policy',
  timeout_connect: 'network',
  connection_refused: 'network',
  connection_reset: 'network',
  name_not_resolved: 'network',
  network: 'network',
  stream_error: 'provider',
  malformed_response: 'provider',
  response_too_large: 'provider',
  empty_response: 'provider',
  truncated: 'provider',
  canceled: 'client',
  no_endpoints: 'policy',
  router_internal: 'router',
} as const satisfies Readonly<Record<string, Fault>>

/** One of the documented error types. */
export type ErrorType = keyof typeof errorTypeFaults

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
  return { kind: 'error', fault: errorTypeFaults[errorType], errorType, message }
}

/** Whose words count: only a router may name the classes of a router's own decisions. */
export interface Trust {
  /** Default false: `canceled`, `no_endpoints`, `router_internal` and `availability` in an answer say nothing. */
  readonly trustsRouterErrors?: boolean
}

const routerTypes: ReadonlySet<ErrorType> = new Set(['canceled', 'no_endpoints', 'router_internal'])

/** Classifies an HTTP answer that is no success, from its status and body (any shape, JSON or not). Pure. */
export function classifyStatus(status: number, body: unknown, trust: Trust = {}): ExchangeError {
  const error = asObject(asObject(body)?.['error'])
  const message = asText(error?.['message']) || `HTTP ${status}`
  if (trust.trustsRouterErrors && asObject(error?.['availability'])) return errorOf('no_endpoints', message)
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

function namedType(error: Readonly<Record<string, unknown>> | null, trust: Trust): ErrorType | null {
  const named =
    asText(asObject(error?.['metadata'])?.['error_type']) ||
    asText(error?.['error_type']) ||
    asText(error?.['code'])
  if (!isErrorType(named)) return null
  return trust.trustsRouterErrors || !routerTypes.has(named) ? named : null
}

/** Whether a text names one of the documented error types. */
export function isErrorType(name: string): name is ErrorType {
  return Object.hasOwn(errorTypeFaults, name)
}
