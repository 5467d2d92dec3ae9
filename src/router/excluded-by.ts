import type { ExclusionRule } from '../policy/index.ts'

interface Told {
  /** OpenRouter's name for the filter where it has one, else ours. */
  readonly excludedBy: string
  /** Field of the request, or of its key, that set the filter; null: none did. */
  readonly field: string | null
  /** Beginning of the message, which clients match on; left out: `No endpoints found for <model>.` */
  readonly message?: string
}

const providers = 'No allowed providers are available for the selected model.'
const parameters = 'No endpoints found that can handle the requested parameters.'

/**
 * How each filter is told to the caller when it removed the last endpoints; in the order in which filters are
 * applied, which is that of `exclusionRules`.
 */
export const toldOfRules: Readonly<Record<ExclusionRule, Told>> = {
  key_models: {
    excludedBy: 'allowed_models',
    field: 'key.models',
    message: 'No models match your request and model restrictions.',
  },
  key_providers: { excludedBy: 'allowed_providers', field: 'key.providers', message: providers },
  key_region: {
    excludedBy: 'data_region',
    field: 'key.regions',
    message: 'No endpoints found in the allowed regions.',
  },
  only: { excludedBy: 'allowed_providers', field: 'provider.only', message: providers },
  ignore: { excludedBy: 'allowed_providers', field: 'provider.ignore', message: providers },
  data_collection: {
    excludedBy: 'data_policy:training',
    field: 'provider.data_collection',
    message: 'No endpoints found matching your data policy (training).',
  },
  zdr: {
    excludedBy: 'data_policy:zdr',
    field: 'provider.zdr',
    message: 'No endpoints found matching your data policy (zero data retention).',
  },
  distillable: {
    excludedBy: 'distillable',
    field: 'provider.enforce_distillable_text',
    message: 'No endpoints found that allow distillation of their text.',
  },
  quantizations: {
    excludedBy: 'quantization',
    field: 'provider.quantizations',
    message: 'No endpoints found with the requested quantizations.',
  },
  max_price: {
    excludedBy: 'max_price',
    field: 'provider.max_price',
    message: 'No endpoints found within the maximum price.',
  },
  require_parameters: {
    excludedBy: 'require_parameters',
    field: 'provider.require_parameters',
    message: parameters,
  },
  tools: {
    excludedBy: 'require_parameters',
    field: 'tools',
    message: 'No endpoints found that support tool use.',
  },
  response_format: { excludedBy: 'require_parameters', field: 'response_format', message: parameters },
  verbosity: { excludedBy: 'require_parameters', field: 'verbosity', message: parameters },
  modality: { excludedBy: 'modality', field: 'messages' },
  context_length: { excludedBy: 'context_length', field: 'messages' },
  max_tokens: {
    excludedBy: 'max_tokens',
    field: 'max_tokens',
    message: 'No endpoints found that support an answer of this length.',
  },
  tier: {
    excludedBy: 'service_tier',
    field: 'service_tier',
    message: 'No endpoints found in the requested service tier.',
  },
  key_missing: { excludedBy: 'key_missing', field: null },
  order_closed: { excludedBy: 'allowed_providers', field: 'provider.order', message: providers },
  cool_down: {
    excludedBy: 'cool_down',
    field: null,
    message: 'All endpoints of the model are in cool-down.',
  },
  breaker_open: {
    excludedBy: 'breaker_open',
    field: null,
    message: 'All endpoints of the model have failed of late and rest.',
  },
}
