/** OpenRouter's codes for why a request cannot be served, as far as this router has reason to give them. */
type AvailabilityCode =
  | 'model_not_found'
  | 'no_endpoints'
  | 'privacy_restricted'
  | 'constraint_filtered'
  | 'free_variant_ended'
  | 'region_restricted'
  | 'capacity_exhausted'
  | 'temporarily_unavailable'

/** Why no endpoint may serve, or could; additive part of an error body. */
export interface Availability {
  readonly code: AvailabilityCode
  readonly requestedModels: readonly string[]
  /** OpenRouter's names of the filters that removed endpoints; empty: no filter did. */
  readonly excludedBy: readonly string[]
  /** Slugs of the providers that the last filter removed, or that failed. */
  readonly affectedProviders?: readonly string[]
  /** Models that might serve instead, best first. */
  readonly fallbackModels?: readonly string[]
  /** The field of the request that removed the last endpoints, and how. */
  readonly constraint?: { readonly field: string; readonly detail: string }
}

/** Codes for which the same request may succeed later. */
const retryable: ReadonlySet<AvailabilityCode> = new Set(['capacity_exhausted', 'temporarily_unavailable'])

/** The `availability` object of an error; empty lists are left out. Pure. */
export function availabilityObject(
  availability: Availability,
  retryAfterMs: number | null,
): Readonly<Record<string, unknown>> {
  const { code, requestedModels, excludedBy, affectedProviders = [], fallbackModels = [] } = availability
  return {
    code,
    retryable: retryable.has(code),
    requested_models: requestedModels,
    docs_url: 'docs/router.md#no-endpoints',
    ...(retryAfterMs !== null && { retry_after: Math.ceil(retryAfterMs / 1000) }),
    ...(affectedProviders.length > 0 && { affected_providers: affectedProviders }),
    ...(excludedBy.length > 0 && { excluded_by: excludedBy }),
    ...(fallbackModels.length > 0 && { fallback_models: fallbackModels }),
    ...(availability.constraint && { constraint: availability.constraint }),
  }
}
