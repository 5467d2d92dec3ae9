import type { Endpoint } from '../catalog/index.ts'
import { supports } from './parameters.ts'
import { matchesAny } from './slug.ts'
import type { Access, Exclusion, ExclusionRule, PolicySettings, RouteRequest } from './types.ts'

/** What the hard filters look at. */
export interface FilterOptions {
  readonly request: RouteRequest
  /** Endpoints of one model. */
  readonly endpoints: readonly Endpoint[]
  readonly access: (endpoint: Endpoint) => Access
  readonly settings: PolicySettings
}

interface Filter {
  readonly rule: ExclusionRule
  /** Why the endpoint is excluded; null when it passes. */
  readonly refuse: (endpoint: Endpoint) => string | null
}

/**
 * Applies the hard filters in the order of `ExclusionRule`; each excluded endpoint carries the first rule
 * that refused it. Pure; the order of the kept endpoints is that of the catalogue.
 */
export function filterEndpoints(options: FilterOptions): {
  readonly kept: readonly Endpoint[]
  readonly excluded: readonly Exclusion[]
} {
  const filters = [...preferenceFilters(options), ...fitFilters(options), ...accessFilters(options)]
  const kept: Endpoint[] = []
  const excluded: Exclusion[] = []
  for (const endpoint of options.endpoints) {
    const exclusion = firstRefusal(endpoint, filters)
    if (exclusion) excluded.push(exclusion)
    else kept.push(endpoint)
  }
  return { kept, excluded }
}

function firstRefusal(endpoint: Endpoint, filters: readonly Filter[]): Exclusion | null {
  for (const { rule, refuse } of filters) {
    const detail = refuse(endpoint)
    if (detail !== null) return { endpoint, rule, detail }
  }
  return null
}

function preferenceFilters({ request: { preferences } }: FilterOptions): readonly Filter[] {
  const { only, ignore, quantizations, maxPrice } = preferences
  return [
    when('only', e => only.length > 0 && !matchesAny(e, only), 'not in provider.only'),
    when('ignore', e => matchesAny(e, ignore), 'in provider.ignore'),
    when(
      'data_collection',
      e => preferences.denyDataCollection && e.dataPolicy.trains,
      'may train on prompts',
    ),
    when('zdr', e => preferences.denyRetention && e.dataPolicy.retains, 'may retain prompts'),
    when(
      'quantizations',
      e => quantizations.length > 0 && !quantizations.includes(e.quantization),
      'served in another format',
    ),
    when('max_price', e => exceeds(e.price.input, maxPrice.prompt), 'prompt price above max_price'),
    when('max_price', e => exceeds(e.price.output, maxPrice.completion), 'completion price above max_price'),
  ]
}

function fitFilters({ request, endpoints, settings }: FilterOptions): readonly Filter[] {
  const { parameters, preferences, estimatedInputTokens } = request
  const output = request.maxOutputTokens ?? 0
  const missing = (e: Endpoint) => parameters.find(name => !supports(e, name))
  /** A soft parameter excludes only while some endpoint of the model supports it (docs/router.md, Selection). */
  const soft = (rule: 'tools' | 'response_format' | 'verbosity', hard = false): Filter => {
    const matters = parameters.includes(rule) && (hard || endpoints.some(e => supports(e, rule)))
    return when(rule, e => matters && !supports(e, rule), `does not support ${rule}`)
  }
  return [
    {
      rule: 'require_parameters',
      refuse: e => {
        const name = preferences.requireParameters ? missing(e) : undefined
        return name === undefined ? null : `does not support ${name}`
      },
    },
    soft('tools', settings.toolsFilter === 'hard'),
    soft('response_format'),
    soft('verbosity'),
    when(
      'context_length',
      e => estimatedInputTokens + output > e.contextTokens,
      `about ${estimatedInputTokens + output} tokens do not fit`,
    ),
    when('max_tokens', e => output > e.maxOutputTokens, `${output} output tokens are too many`),
  ]
}

function accessFilters({ request: { preferences }, access }: FilterOptions): readonly Filter[] {
  const closed = preferences.order.length > 0 && !preferences.allowFallbacks
  return [
    when('key_missing', e => access(e) === 'key_missing', 'no API key is set'),
    when('wire_unsupported', e => access(e) === 'wire_unsupported', 'its protocol is not supported'),
    when(
      'order_closed',
      e => closed && !matchesAny(e, preferences.order),
      'not in provider.order, fallbacks off',
    ),
  ]
}

function when(rule: ExclusionRule, test: (endpoint: Endpoint) => boolean, detail: string): Filter {
  return { rule, refuse: endpoint => (test(endpoint) ? detail : null) }
}

function exceeds(perToken: bigint, limitPerMillion: bigint | null): boolean {
  return limitPerMillion !== null && perToken * 1_000_000n > limitPerMillion
}
