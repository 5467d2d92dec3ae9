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
  // Groq: no capacity in its flex tier.
  498: 'rate_limit_exceeded',
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

/**
 * What codes and types of OpenAI and its kin say beyond the status: an account without money answers 429 as well, and
 * OpenRouter has four names for a prompt that is too long.
 */
const typeByCode: Readonly<Record<string, ErrorType>> = {
  insufficient_quota: 'payment_required',
  billing_hard_limit_reached: 'payment_required',
  billing_not_active: 'payment_required',
  content_filter: 'content_policy_violation',
  max_tokens_exceeded: 'context_length_exceeded',
  token_limit_exceeded: 'context_length_exceeded',
  string_too_long: 'context_length_exceeded',
}

/** The same where no status says it already. */
const typeByCodeAlone: Readonly<Record<string, ErrorType>> = {
  ...typeByCode,
  invalid_api_key: 'authentication',
  model_not_found: 'not_found',
  rate_limit_error: 'rate_limit_exceeded',
  overloaded_error: 'provider_overloaded',
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
  const usual = typeByStatus[status] ?? (status >= 500 ? 'server' : 'invalid_request')
  return refined(namedType(error, trust) ?? codedType(error, typeByCode) ?? usual, message)
}

/**
 * Classifies an `error` object inside a body or stream whose HTTP status said success.
 * Its `code` is a number or a text, by provider; a number counts as a status. Pure.
 */
export function classifyErrorObject(error: unknown, trust: Trust = {}): ExchangeError {
  const object = asObject(error)
  const message = asText(object?.['message']) || 'error inside a successful answer'
  const status = Number(object?.['code'])
  const coded = codedType(object, typeByCodeAlone)
  return refined(namedType(object, trust) ?? coded ?? typeByStatus[status] ?? 'stream_error', message)
}

/** Where an account's limit is named in the text: `Limit 30000, Used 18928, Requested 30601`. */
const limitInText = /\bLimit:? (\d+)\b.{0,40}?\bRequested:? (\d+)\b/

/**
 * A request that is larger than the limit itself has status, type and code of any other 429 (OpenAI and its kin), so
 * that the figures of the message are the only evidence that waiting will not help.
 */
function refined(errorType: ErrorType, message: string): ExchangeError {
  const [, limit, requested] = limitInText.exec(message.slice(0, 2_000)) ?? []
  const isTooLarge = errorType === 'rate_limit_exceeded' && Number(requested) > Number(limit)
  return errorOf(isTooLarge ? 'exceeds_rate_limit' : errorType, message)
}

function codedType(
  error: Readonly<Record<string, unknown>> | null,
  types: Readonly<Record<string, ErrorType>>,
): ErrorType | null {
  const names = [error?.['code'], error?.['type'], asObject(error?.['metadata'])?.['error_type']].map(asText)
  return names.flatMap(name => (Object.hasOwn(types, name) ? [types[name] ?? null] : []))[0] ?? null
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
