import type { Fault } from '../record/index.ts'

/** What follows from an error of one type: everything that blame, retries, uptime and cool-downs go by. */
export interface ErrorClass {
  readonly fault: Fault
  /** Whether the same request may succeed at the same endpoint later. */
  readonly isRetryable: boolean
  /** What another attempt has to change to fare better; `network` is the way to the endpoint. */
  readonly scope: 'request' | 'key' | 'endpoint' | 'network'
  readonly countsAgainstUptime: boolean
  /**
   * What is left alone for a while: always after a rate limit and for a key that was refused, otherwise when the answer
   * asks for a wait.
   */
  readonly coolsDown: 'nothing' | 'endpoint' | 'key_at_endpoint' | 'key'
}

const nobodys = {
  isRetryable: false,
  scope: 'request',
  countsAgainstUptime: false,
  coolsDown: 'nothing',
} as const
/** The request itself; another host of the model would say the same. */
const callers = { ...nobodys, fault: 'client' } as const
/** The caller cannot help it, so it counts, as at OpenRouter. */
const keys = {
  fault: 'provider',
  isRetryable: false,
  scope: 'key',
  countsAgainstUptime: true,
  coolsDown: 'key',
} as const
const failing = {
  fault: 'provider',
  isRetryable: true,
  scope: 'endpoint',
  countsAgainstUptime: true,
  coolsDown: 'endpoint',
} as const
const unreachable = { ...failing, fault: 'network', scope: 'network' } as const

/**
 * Every error type. Names follow OpenRouter's `error_type` vocabulary (docs: errors-and-debugging); the `timeout_*`,
 * connection and stream classes and `exceeds_rate_limit` are ours. docs/errors.md has the same table.
 */
export const errorClasses = {
  invalid_request: callers,
  context_length_exceeded: callers,
  content_policy_violation: callers,
  payload_too_large: callers,
  unprocessable: callers,
  permission_denied: { ...callers, scope: 'key', coolsDown: 'key_at_endpoint' },
  authentication: keys,
  payment_required: keys,
  not_found: { ...failing, isRetryable: false },
  rate_limit_exceeded: {
    fault: 'rate_limit',
    isRetryable: true,
    scope: 'key',
    countsAgainstUptime: false,
    coolsDown: 'key_at_endpoint',
  },
  exceeds_rate_limit: { ...nobodys, fault: 'rate_limit', scope: 'key' },
  server: failing,
  provider_unavailable: failing,
  provider_overloaded: failing,
  timeout: failing,
  timeout_headers: failing,
  timeout_first_token: failing,
  timeout_idle: failing,
  timeout_total: failing,
  timeout_request: { ...nobodys, fault: 'policy' },
  timeout_connect: unreachable,
  connection_refused: unreachable,
  connection_reset: unreachable,
  name_not_resolved: unreachable,
  network: unreachable,
  stream_error: failing,
  malformed_response: failing,
  response_too_large: { ...failing, isRetryable: false },
  empty_response: failing,
  truncated: failing,
  canceled: callers,
  no_endpoints: { ...nobodys, fault: 'policy' },
  // To wait was the queue's affair already; other endpoints have places of their own.
  queue_full: { ...nobodys, fault: 'policy', scope: 'endpoint' },
  queue_timeout: { ...nobodys, fault: 'policy', scope: 'endpoint' },
  router_overloaded: { ...nobodys, fault: 'router', isRetryable: true },
  router_closing: { ...nobodys, fault: 'router', isRetryable: true },
  router_internal: { ...nobodys, fault: 'router' },
} as const satisfies Readonly<Record<string, ErrorClass>>

/** One of the documented error types. */
export type ErrorType = keyof typeof errorClasses

/** Whether a text names one of the documented error types. */
export function isErrorType(name: string): name is ErrorType {
  return Object.hasOwn(errorClasses, name)
}
