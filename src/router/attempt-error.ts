import { type ApiError, apiError } from './api-error.ts'
import { type ErrorType, errorTypeOf, isErrorType } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { Availability } from './availability.ts'

/**
 * The error of a request whose attempts all failed: the last one's, with the earlier ones in its metadata.
 * `Retry-After` is the shortest wait that any attempt was told (OpenRouter's own pages differ on this). Pure.
 */
export function attemptError(
  attempts: readonly Attempt[],
  requestedModels: readonly string[] = [],
): ApiError {
  const last = attempts.at(-1)
  const name = last ? errorTypeOf(last.exchange) : ''
  const type = isErrorType(name) ? name : 'router_internal'
  const waits = attempts.map(a => a.exchange.retryAfterMs).filter(wait => wait !== null)
  return {
    ...apiError(type, messages[type] ?? 'Provider returned error'),
    ...(type === 'not_found' && missingThere),
    metadata: {
      ...(last && { provider_name: last.candidate.endpoint.provider.name, ...rawOf(last) }),
      // A text, as OpenRouter's schema of error events has it.
      ...(last && last.exchange.status >= 400 && { provider_code: String(last.exchange.status) }),
      previous_errors: attempts.slice(0, -1).map(a => ({
        provider: a.candidate.endpoint.provider.name,
        code: errorTypeOf(a.exchange),
        status: a.exchange.status,
      })),
    },
    retryAfterMs: waits.length > 0 ? Math.min(...waits) : null,
    availability: availabilityOf(type, attempts, requestedModels),
  }
}

/** A model that a provider does not know is there all the same for the caller, whose name for it was right. */
const missingThere = { status: 502, publicType: 'provider_unavailable' } as const

/** What is not the provider's doing. */
const messages: Readonly<Partial<Record<ErrorType, string>>> = {
  router_internal: 'Internal Server Error',
  timeout_request: 'Request timed out',
  queue_full: 'Too many requests wait for the provider',
  queue_timeout: 'No place at the provider came free in time',
}

/** Limits and overload pass, so the same request may succeed later. */
const passingTypes: Readonly<Record<string, Availability['code']>> = {
  rate_limit_exceeded: 'capacity_exhausted',
  provider_overloaded: 'temporarily_unavailable',
  queue_full: 'temporarily_unavailable',
  queue_timeout: 'temporarily_unavailable',
}

function availabilityOf(
  type: ErrorType,
  attempts: readonly Attempt[],
  requestedModels: readonly string[],
): Availability | null {
  const code = passingTypes[type]
  if (code === undefined) return null
  const affectedProviders = [...new Set(attempts.map(({ candidate }) => candidate.endpoint.tag))]
  return { code, requestedModels, excludedBy: [], affectedProviders }
}

/** What a provider says of our key or account is the operator's, and often quotes the key: left out. */
function rawOf({ exchange }: Attempt): { readonly raw?: string } {
  const isOurs = [401, 402, 403].includes(exchange.status) || ownTypes.has(errorTypeOf(exchange))
  return isOurs ? {} : { raw: rawMessage(exchange) }
}

const ownTypes: ReadonlySet<string> = new Set(['authentication', 'payment_required', 'permission_denied'])

function rawMessage({ outcome }: Attempt['exchange']): string {
  if (outcome.kind === 'error') return outcome.message
  return outcome.kind === 'truncated' ? 'the stream ended before it was finished' : outcome.kind
}
