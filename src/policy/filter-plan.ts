import type { Endpoint } from '../catalog/index.ts'
import { allowsModel } from './access-rules.ts'
import type { FilterOptions } from './filters.ts'
import { supports } from './parameters.ts'
import { type PriceLimits, priceLimitsOf } from './price-filter.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Access, AccessRules, ProviderPreferences, RouteRequest } from './types.ts'

/** What the filters need to know of a request and a model, worked out once for all its endpoints. */
export interface FilterPlan {
  readonly preferences: ProviderPreferences
  readonly rules: AccessRules
  readonly isModelDenied: boolean
  /** Asked for by the request, its key or the account. */
  readonly denyDataCollection: boolean
  readonly denyRetention: boolean
  /** null: the request sets no limit. */
  readonly priceLimits: PriceLimits | null
  /** Parameters that every endpoint must support; empty without `require_parameters`. */
  readonly required: readonly string[]
  /** Parameters that exclude, each with its reason: some endpoint of the model supports them, or settings say so. */
  readonly decisive: readonly (Refusal & { readonly rule: DecisiveParameter })[]
  readonly modalities: readonly string[]
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tier admitted by `service_tier` or by a variant; null: none. */
  readonly askedTier: 'flex' | 'priority' | null
  readonly access: (endpoint: Endpoint) => Access
  /** `order` was given and fallbacks are off. */
  readonly isOrderClosed: boolean
}

/** Parameters that choose endpoints even without `require_parameters` (router contract, section 4.2). */
const decisiveParameters = ['tools', 'response_format', 'verbosity'] as const
type DecisiveParameter = (typeof decisiveParameters)[number]

const missing = {
  tools: { ...refusal('tools', 'does not support tools'), rule: 'tools' },
  response_format: {
    ...refusal('response_format', 'does not support response_format'),
    rule: 'response_format',
  },
  verbosity: { ...refusal('verbosity', 'does not support verbosity'), rule: 'verbosity' },
} as const

/** Works out the plan. Pure. */
export function createFilterPlan(options: FilterOptions): FilterPlan {
  const { request, model, access } = options
  const { preferences, rules } = request
  return {
    preferences,
    rules,
    isModelDenied: !allowsModel(rules, model.modelId),
    denyDataCollection: preferences.denyDataCollection || rules.denyDataCollection,
    denyRetention: preferences.denyRetention || rules.denyRetention,
    priceLimits: priceLimitsOf(preferences.maxPrice),
    required: preferences.requireParameters ? request.parameters : [],
    decisive: decisiveOf(options),
    modalities: request.modalities,
    inputTokens: request.estimatedInputTokens,
    outputTokens: request.maxOutputTokens ?? 0,
    askedTier: askedTierOf(request, model.variant),
    access,
    isOrderClosed: preferences.order.length > 0 && !preferences.allowFallbacks,
  }
}

function decisiveOf({ request, endpoints, settings }: FilterOptions): FilterPlan['decisive'] {
  if (request.parameters.length === 0) return []
  const isHard = (name: DecisiveParameter) => name === 'tools' && settings.toolsFilter === 'hard'
  return decisiveParameters
    .filter(name => request.parameters.includes(name))
    .filter(name => isHard(name) || endpoints.some(endpoint => supports(endpoint, name)))
    .map(name => missing[name])
}

/**
 * A variant admits a tier to its sort only where the sort decides: not with `order`, and not when the default tier
 * was asked for by name (OpenRouter's page on service tiers).
 */
function askedTierOf(
  { tier, preferences }: RouteRequest,
  variant: FilterOptions['model']['variant'],
): FilterPlan['askedTier'] {
  if (tier === 'flex' || tier === 'priority') return tier
  if (tier === 'default' || preferences.order.length > 0) return null
  if (variant === 'nitro') return 'priority'
  return variant === 'floor' ? 'flex' : null
}
