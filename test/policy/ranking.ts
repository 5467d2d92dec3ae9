import type { Endpoint } from '../../src/catalog/index.ts'
import { createRng } from '../../src/core/index.ts'
import {
  defaultPolicySettings,
  type EndpointHealth,
  parsePreferences,
  type RankOptions,
  type RouteRequest,
} from '../../src/policy/index.ts'

/** An endpoint that has done nothing of late. */
const idle: EndpointHealth = {
  recentErrors: 0,
  recentSuccesses: 0,
  coolDownUntilNs: 0,
  ttftP50Ms: null,
  tokensPerSecondP50: null,
}

/** A request with the given `provider` object. */
export function requestOf(provider: unknown = {}, more: Partial<RouteRequest> = {}): RouteRequest {
  const parsed = parsePreferences(provider)
  if (!parsed.ok) throw new Error(parsed.problem)
  return {
    models: ['acme/one'],
    preferences: parsed.preferences,
    parameters: [],
    estimatedInputTokens: 100,
    maxOutputTokens: null,
    ...more,
  }
}

/** Options of a ranking in which nothing is special, except as told. */
export function rankingOf(
  endpoints: readonly Endpoint[],
  more: Partial<RankOptions> & { readonly states?: Readonly<Record<string, Partial<EndpointHealth>>> } = {},
): RankOptions {
  const { states = {}, ...options } = more
  return {
    request: requestOf(),
    endpoints,
    access: () => 'ready',
    settings: defaultPolicySettings,
    health: id => ({ ...idle, ...states[id.split('/')[0] ?? ''] }),
    sticky: null,
    nowNs: 1_000,
    rng: createRng('ranking'),
    ...options,
  }
}

/** Provider ids of candidates or exclusions, in order. */
export function providersOf(entries: readonly { readonly endpoint: Endpoint }[]): readonly string[] {
  return entries.map(({ endpoint }) => endpoint.provider.id)
}
