import type { Exclusion, ExclusionRule } from '../policy/index.ts'
import type { ErrorType } from '../wire/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import type { Availability } from './availability.ts'
import { toldOfRules } from './excluded-by.ts'

/** What else the error can tell. */
interface MoreToTell {
  /** Models that would serve this request, best first. */
  readonly fallbackModels?: readonly string[]
  /** When the first endpoint comes out of cool-down; null: not known, or none is in it. */
  readonly retryAfterMs?: number | null
}

/**
 * The error for a request that no endpoint may serve. It names the filter that removed the last endpoints, and
 * every excluded endpoint with its rule. Pure.
 */
export function noEndpoints(
  models: readonly string[],
  exclusions: readonly Exclusion[],
  { fallbackModels = [], retryAfterMs = null }: MoreToTell = {},
): ApiError {
  const last = lastRule(exclusions)
  const removed = exclusions.filter(({ rule }) => rule === last)
  const details = [...new Set(exclusions.map(e => `${e.endpoint.provider.name}: ${e.detail}`))].join('; ')
  const start = startOf(models, last, removed)
  return {
    ...apiError(errorTypeOf(last, exclusions), details === '' ? start : `${start} ${details}`),
    metadata: {
      excluded: exclusions.map(({ endpoint, rule, detail }) => ({ endpoint: endpoint.id, rule, detail })),
    },
    availability: {
      code: codeOf(last),
      requestedModels: models,
      excludedBy: excludedByOf(exclusions),
      affectedProviders: [...new Set(removed.map(({ endpoint }) => endpoint.tag))],
      fallbackModels,
      ...constraintOf(last, removed),
    },
    retryAfterMs: rests(last) ? retryAfterMs : null,
  }
}

/**
 * Filters run in order, so the one furthest down removed what was left. Tiers that nobody asked for were never part
 * of the choice, unless they are all there is.
 */
function lastRule(exclusions: readonly Exclusion[]): ExclusionRule | undefined {
  const rules = rulesInOrder(exclusions)
  return rules.findLast(rule => rule !== 'tier') ?? rules.at(-1)
}

/** In the order in which the filters are applied. */
function excludedByOf(exclusions: readonly Exclusion[]): readonly string[] {
  return [...new Set(rulesInOrder(exclusions).map(rule => toldOfRules[rule].excludedBy))]
}

function rulesInOrder(exclusions: readonly Exclusion[]): readonly ExclusionRule[] {
  const order = Object.keys(toldOfRules)
  const rules = new Set(exclusions.map(({ rule }) => rule))
  return [...rules].toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
}

function startOf(
  models: readonly string[],
  last: ExclusionRule | undefined,
  removed: readonly Exclusion[],
): string {
  if (last === 'context_length') {
    // The words by which clients know that they have to shorten the conversation.
    const longest = Math.max(...removed.map(({ endpoint }) => endpoint.contextTokens))
    return `This endpoint's maximum context length is ${longest} tokens.`
  }
  const kind =
    last === 'modality' ? /does not take (\w+) input/.exec(removed[0]?.detail ?? '')?.[1] : undefined
  if (kind !== undefined) return `No endpoints found that support ${kind} input.`
  return (last && toldOfRules[last].message) ?? `No endpoints found for ${models.join(', ')}.`
}

function constraintOf(
  last: ExclusionRule | undefined,
  removed: readonly Exclusion[],
): Pick<Availability, 'constraint'> {
  const field = last === undefined ? null : toldOfRules[last].field
  if (field === null) return {}
  return { constraint: { field, detail: [...new Set(removed.map(({ detail }) => detail))].join('; ') } }
}

/** Too long is the caller's to mend, but only where nothing else stood in the way. */
function errorTypeOf(last: ExclusionRule | undefined, exclusions: readonly Exclusion[]): ErrorType {
  const isLength = (rule: ExclusionRule) =>
    rule === 'context_length' || rule === 'max_tokens' || rule === 'tier'
  if (last === 'context_length' || last === 'max_tokens') {
    return exclusions.every(({ rule }) => isLength(rule)) ? 'context_length_exceeded' : 'no_endpoints'
  }
  if (last === 'key_region') return 'permission_denied'
  return rests(last) ? 'provider_overloaded' : 'no_endpoints'
}

/** What passes by itself. */
function rests(rule: ExclusionRule | undefined): boolean {
  return rule === 'cool_down' || rule === 'breaker_open'
}

function codeOf(rule: ExclusionRule | undefined): Availability['code'] {
  switch (rule) {
    case undefined:
    case 'key_missing':
      return 'no_endpoints'
    case 'data_collection':
    case 'zdr':
      return 'privacy_restricted'
    case 'key_region':
      return 'region_restricted'
    case 'cool_down':
    case 'breaker_open':
      return 'temporarily_unavailable'
    default:
      return 'constraint_filtered'
  }
}
