import type { Endpoint } from '../catalog/index.ts'
import { allowsProvider, allowsRegion } from './access-rules.ts'
import { createFilterPlan, type FilterPlan } from './filter-plan.ts'
import { refusedByFit } from './fit-filters.ts'
import { refusedByPrice } from './price-filter.ts'
import { type Refusal, refusal } from './refusal.ts'
import { matchesAny, matchesAnyInTiers } from './slug.ts'
import type { Access, Exclusion, ModelCandidate, PolicySettings, RouteRequest } from './types.ts'

/** What the hard filters look at. */
export interface FilterOptions {
  readonly request: RouteRequest
  /** The candidate model, which may admit a service tier by its variant. */
  readonly model: ModelCandidate
  /** Endpoints of that model. */
  readonly endpoints: readonly Endpoint[]
  readonly access: (endpoint: Endpoint) => Access
  readonly settings: PolicySettings
}

/** The endpoints of one model, sorted into those that may serve and those that may not. */
export interface Filtered {
  /** In the order of the catalogue. */
  readonly kept: readonly Endpoint[]
  readonly excluded: readonly Exclusion[]
}

/**
 * Applies the hard filters in the order of `exclusionRules`, up to `order_closed`; each excluded endpoint carries
 * the first rule that refused it. Asked for `flex`, only flex endpoints are left when there are any: falling back
 * to a dearer tier would cost more than was asked for (router contract, section 4.7).
 *
 * Pure. Costs nothing but comparisons for an endpoint that passes: it runs for every endpoint of every request.
 */
export function filterEndpoints(options: FilterOptions): Filtered {
  const plan = createFilterPlan(options)
  const kept: Endpoint[] = []
  const excluded: Exclusion[] = []
  let hasFlex = false
  for (const endpoint of options.endpoints) {
    const refused = refusalOf(endpoint, plan)
    if (refused !== null) excluded.push({ endpoint, rule: refused.rule, detail: refused.detail })
    else {
      kept.push(endpoint)
      hasFlex ||= endpoint.tier === 'flex'
    }
  }
  return options.request.tier === 'flex' && hasFlex ? flexOnly(kept, excluded) : { kept, excluded }
}

function flexOnly(kept: readonly Endpoint[], excluded: readonly Exclusion[]): Filtered {
  const others = kept.filter(({ tier }) => tier !== 'flex')
  return {
    kept: kept.filter(({ tier }) => tier === 'flex'),
    excluded: [
      ...excluded,
      ...others.map(endpoint => ({
        endpoint,
        rule: 'tier' as const,
        detail: 'flex was asked for and is offered',
      })),
    ],
  }
}

function refusalOf(endpoint: Endpoint, plan: FilterPlan): Refusal | null {
  return (
    refusedByKey(endpoint, plan) ??
    refusedByName(endpoint, plan) ??
    refusedByPreference(endpoint, plan) ??
    refusedByFit(endpoint, plan) ??
    refusedByAccess(endpoint, plan)
  )
}

const keyModels = refusal('key_models', 'this key or account may not use the model')
const keyProviders = refusal('key_providers', 'this key or account may not use the provider')
const keyRegion = refusal('key_region', 'outside the regions of this key or account')

function refusedByKey(endpoint: Endpoint, { isModelDenied, rules }: FilterPlan): Refusal | null {
  if (isModelDenied) return keyModels
  if (!allowsProvider(rules, endpoint)) return keyProviders
  return allowsRegion(rules, endpoint) ? null : keyRegion
}

const notInOnly = refusal('only', 'not in provider.only')
const inIgnore = refusal('ignore', 'in provider.ignore')
const mayTrain = refusal('data_collection', 'may train on prompts')
const mayRetain = refusal('zdr', 'may retain prompts')
const notDistillable = refusal('distillable', 'its answers may not train other models')
const otherFormat = refusal('quantizations', 'served in another format')

function refusedByName(endpoint: Endpoint, plan: FilterPlan): Refusal | null {
  const { only, ignore } = plan.preferences
  if (only.length > 0 && !isNamed(endpoint, only, plan)) return notInOnly
  return ignore.length > 0 && isNamed(endpoint, ignore, plan) ? inIgnore : null
}

function refusedByPreference(endpoint: Endpoint, plan: FilterPlan): Refusal | null {
  const { quantizations } = plan.preferences
  if (plan.denyDataCollection && endpoint.dataPolicy.trains) return mayTrain
  if (plan.denyRetention && endpoint.dataPolicy.retains) return mayRetain
  if (plan.preferences.requireDistillable && !endpoint.distillable) return notDistillable
  if (quantizations.length > 0 && !quantizations.includes(endpoint.quantization)) return otherFormat
  return plan.priceLimits === null ? null : refusedByPrice(endpoint, plan.priceLimits, plan.inputTokens)
}

/** A base slug names the tiers that the request asks for otherwise than by slug. */
function isNamed(endpoint: Endpoint, slugs: readonly string[], plan: FilterPlan): boolean {
  if (endpoint.tier !== plan.askedTier) return matchesAny(endpoint, slugs)
  return matchesAnyInTiers(endpoint, slugs)
}

const keyMissing = refusal('key_missing', 'no API key is set')
const orderClosed = refusal('order_closed', 'not in provider.order, fallbacks off')

function refusedByAccess(endpoint: Endpoint, plan: FilterPlan): Refusal | null {
  if (endpoint.tier !== 'default' && !isTierAdmitted(endpoint, plan)) return tierUnasked
  if (plan.access(endpoint) === 'key_missing') return keyMissing
  return plan.isOrderClosed && !isNamed(endpoint, plan.preferences.order, plan) ? orderClosed : null
}

const tierUnasked = refusal('tier', 'a service tier that was not asked for')

/** Asked for by `service_tier` or a variant, or named by its own slug. */
function isTierAdmitted(endpoint: Endpoint, { askedTier, preferences }: FilterPlan): boolean {
  return (
    endpoint.tier === askedTier ||
    matchesAny(endpoint, preferences.order) ||
    matchesAny(endpoint, preferences.only)
  )
}
