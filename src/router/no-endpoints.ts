import { type Exclusion, type ExclusionRule, exclusionRules } from '../policy/index.ts'
import { type ApiError, apiError, type Availability } from './api-error.ts'

/** OpenRouter's names for filters where it has one, else ours; in the order in which the filters are applied. */
const excludedByNames: Readonly<Record<ExclusionRule, string>> = {
  only: 'allowed_providers',
  ignore: 'allowed_providers',
  data_collection: 'data_policy:training',
  zdr: 'data_policy:zdr',
  quantizations: 'quantization',
  max_price: 'max_price',
  require_parameters: 'require_parameters',
  tools: 'require_parameters',
  response_format: 'require_parameters',
  verbosity: 'require_parameters',
  context_length: 'context_length',
  max_tokens: 'max_tokens',
  key_missing: 'key_missing',
  wire_unsupported: 'wire_unsupported',
  order_closed: 'allowed_providers',
  key_models: 'allowed_models',
  key_providers: 'allowed_providers',
  key_region: 'data_region',
  distillable: 'distillable',
  modality: 'modality',
  tier: 'service_tier',
  cool_down: 'cool_down',
}

const allowedProviders = 'No allowed providers are available for the selected model.'

/** Beginnings of messages that clients match on. */
const messages: Readonly<Partial<Record<ExclusionRule, string>>> = {
  only: allowedProviders,
  ignore: allowedProviders,
  order_closed: allowedProviders,
  data_collection: 'No endpoints found matching your data policy (training).',
  zdr: 'No endpoints found matching your data policy (zero data retention).',
  tools: 'No endpoints found that support tool use.',
}

/**
 * The error for a request that no endpoint may serve. It names the filter that removed the last endpoints, and
 * every excluded endpoint with its rule. Pure.
 */
export function noEndpoints(models: readonly string[], exclusions: readonly Exclusion[]): ApiError {
  const last = lastRule(exclusions)
  const tooLong = exclusions.every(({ rule }) => rule === 'context_length' || rule === 'max_tokens')
  const isTooLong = exclusions.length > 0 && tooLong
  const start = (last && messages[last]) ?? `No endpoints found for ${models.join(', ')}.`
  const details = [...new Set(exclusions.map(e => `${e.endpoint.provider.name}: ${e.detail}`))].join('; ')
  return {
    ...apiError(
      isTooLong ? 'context_length_exceeded' : 'no_endpoints',
      details === '' ? start : `${start} ${details}`,
    ),
    metadata: {
      excluded: exclusions.map(({ endpoint, rule, detail }) => ({ endpoint: endpoint.id, rule, detail })),
    },
    availability: {
      code: codeOf(last),
      requestedModels: models,
      excludedBy: [...new Set(exclusions.map(({ rule }) => excludedByNames[rule]))],
    },
  }
}

/** Filters run in order, so the one furthest down removed what was left. */
function lastRule(exclusions: readonly Exclusion[]): ExclusionRule | undefined {
  const place = (rule: ExclusionRule) => exclusionRules.indexOf(rule)
  return exclusions.map(({ rule }) => rule).toSorted((a, b) => place(b) - place(a))[0]
}

function codeOf(rule: ExclusionRule | undefined): Availability['code'] {
  if (rule === undefined || rule === 'key_missing' || rule === 'wire_unsupported') return 'no_endpoints'
  return rule === 'data_collection' || rule === 'zdr' ? 'privacy_restricted' : 'constraint_filtered'
}
