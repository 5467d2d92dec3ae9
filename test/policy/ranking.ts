import type { Endpoint } from '../../src/catalog/index.ts'
import { createRng } from '../../src/core/index.ts'
import { type EndpointHealth, unknownHealth } from '../../src/health/index.ts'
import {
  type DecideOptions,
  defaultPolicySettings,
  type ModelCandidate,
  noAccessRules,
  type PolicySettings,
  parsePreferences,
  type RouteRequest,
} from '../../src/policy/index.ts'
import type { FilterOptions } from '../../src/policy/filters.ts'

/** An endpoint that has done nothing of late. */
export const idleHealth = unknownHealth

/** Quantiles that are all the same. */
export function flat(value: number): NonNullable<EndpointHealth['ttftMs']> {
  return { p50: value, p75: value, p90: value, p99: value }
}

/** A model that was asked for by its own name. */
export function candidateOf(modelId = 'acme/one', more: Partial<ModelCandidate> = {}): ModelCandidate {
  return { modelId, requested: modelId, via: 'direct', variant: null, ...more }
}

/** A request with the given `provider` object. */
export function requestOf(provider: unknown = {}, more: Partial<RouteRequest> = {}): RouteRequest {
  const parsed = parsePreferences(provider)
  if (!parsed.ok) throw new Error(parsed.problem)
  return {
    models: [candidateOf()],
    preferences: parsed.preferences,
    rules: noAccessRules,
    parameters: [],
    modalities: [],
    estimatedInputTokens: 100,
    maxOutputTokens: null,
    tier: null,
    rule: null,
    ...more,
  }
}

/** Options of the filters in which nothing is special, except as told. */
export function rankingOf(endpoints: readonly Endpoint[], more: Partial<FilterOptions> = {}): FilterOptions {
  return {
    request: requestOf(),
    model: candidateOf(),
    endpoints,
    access: () => 'ready',
    settings: defaultPolicySettings,
    ...more,
  }
}

/** What a test says about a decision. */
export interface DecidingSpec extends Partial<Omit<DecideOptions, 'settings'>> {
  /** Health by provider. */
  readonly states?: Readonly<Record<string, Partial<EndpointHealth>>>
  readonly settings?: Partial<PolicySettings>
  /** Endpoint that the conversation is pinned to. */
  readonly pinned?: string
}

/** Options of a decision over endpoints of one or more models in which nothing is special, except as told. */
export function decidingOn(endpoints: readonly Endpoint[], spec: DecidingSpec = {}): DecideOptions {
  const { states = {}, settings, pinned = null, ...more } = spec
  return {
    request: requestOf(),
    endpointsOf: modelId => endpoints.filter(endpoint => endpoint.modelId === modelId),
    access: () => 'ready',
    health: id => ({ ...idleHealth, ...states[id.split('/')[0] ?? ''] }),
    pinOf: () => pinned,
    affinityKey: null,
    nowNs: 1_000,
    epochUs: 0,
    rng: createRng('ranking'),
    ...more,
    settings: { ...defaultPolicySettings, ...settings },
  }
}

/** Provider ids of candidates or exclusions, in order. */
export function providersOf(entries: readonly { readonly endpoint: Endpoint }[]): readonly string[] {
  return entries.map(({ endpoint }) => endpoint.provider.id)
}
