import { isObject } from '../core/index.ts'
import { parseAutoWishes } from './auto-wishes.ts'
import { parametersOf } from './parameters.ts'
import { parsePreferences } from './preferences.ts'
import { type NameProblem, type ResolveOptions, resolveModels } from './resolve-models.ts'
import { matchRule, type TaskOfRequest, withRule } from './task-rules.ts'
import type { AccessRules, ModelCandidate, ProviderPreferences, RouteRequest } from './types.ts'

/** What a request asks, as far as routing reads it. */
export interface AskedRoute
  extends Pick<RouteRequest, 'modalities' | 'estimatedInputTokens' | 'maxOutputTokens'> {
  /** Its names of fields, and of these the contents of `provider`, `plugins`, `route`, `tools` and the like. */
  readonly body: Readonly<Record<string, unknown>>
  /** Names of models as the caller wrote them, at least one. */
  readonly models: readonly string[]
  readonly task: Omit<TaskOfRequest, 'models'>
}

/** What a request's route depends on besides the request. */
export interface RouteRequestOptions extends Omit<ResolveOptions, 'needs' | 'wishes' | 'modelInUse'> {
  /** Of the caller's account and key together. */
  readonly rules: AccessRules
  /** The model of a pool that the conversation of a body uses already; null: none. Left out: none is remembered. */
  readonly modelInUse?: (body: AskedRoute['body'], pool: string) => string | null
}

/** What routing needs to know, or what is wrong: a text names the field. */
export type RouteRequestResult =
  | { readonly ok: true; readonly route: RouteRequest }
  | { readonly ok: false; readonly problem: string | NameProblem }

/**
 * Reads what routing needs to know of a request: its preferences with the defaults of the task rule that matches, its
 * names as candidate models, and its wishes about tiers. Pure; draws only for random pools.
 */
export function routeRequest(asked: AskedRoute, options: RouteRequestOptions): RouteRequestResult {
  const { body, models, modalities, estimatedInputTokens, maxOutputTokens } = asked
  const rule = matchRule(options.tables.rules, { ...asked.task, models })
  const read = parsePreferences(withRule(body['provider'], rule, models))
  if (!read.ok) return read
  const auto = parseAutoWishes(body['plugins'])
  if (!auto.ok) return auto
  const parameters = parametersOf(body).filter(name => !asksNothing(body, name))
  const contextTokens = estimatedInputTokens + (maxOutputTokens ?? 0)
  const ruled = rule && rule.models.length > 0 ? rule.models : null
  const needs = { parameters, modalities, contextTokens }
  const resolved = resolveModels(ruled ?? models, {
    ...options,
    needs,
    wishes: auto.wishes,
    modelInUse: pool => options.modelInUse?.(body, pool) ?? null,
  })
  if (!resolved.ok) return resolved
  const route: RouteRequest = {
    models: ruled ? resolved.models.map(model => byRule(model, models[0] ?? '')) : resolved.models,
    preferences: withEdge(read.preferences, body, resolved.skipped),
    rules: options.rules,
    parameters,
    modalities,
    estimatedInputTokens,
    maxOutputTokens,
    tier: tierOf(body['service_tier']),
    rule: rule?.name ?? null,
  }
  return { ok: true, route }
}

function byRule(model: ModelCandidate, requested: string): ModelCandidate {
  return { ...model, requested, via: 'rule' }
}

/** An empty list of tools and an answer in plain text are what a request without the field has. */
function asksNothing(body: AskedRoute['body'], name: string): boolean {
  const value = body[name]
  if (name === 'tools') return Array.isArray(value) && value.length === 0
  return name === 'response_format' && isObject(value) && value['type'] === 'text'
}

/**
 * What fields beside `provider` say of preferences: the older `route` stands for `sort.partition` where that is not
 * given, and what has no effect is named.
 */
function withEdge(
  preferences: ProviderPreferences,
  { provider, route, debug }: AskedRoute['body'],
  skipped: readonly NameProblem[],
): ProviderPreferences {
  const sort = isObject(provider) && isObject(provider['sort']) ? provider['sort'] : {}
  const isOpen = (sort['partition'] ?? null) === null && typeof route === 'string'
  const byRoute = route === 'sort' ? ('none' as const) : ('model' as const)
  const ignored = [...skipped.map(({ name }) => `models.${name}`), ...(debug ? ['debug'] : [])]
  return {
    ...preferences,
    partition: isOpen ? byRoute : preferences.partition,
    ignoredFields: [...preferences.ignoredFields, ...ignored],
  }
}

/** `auto` and `scale` leave the tier open. */
function tierOf(tier: unknown): RouteRequest['tier'] {
  if (tier === 'flex' || tier === 'default') return tier
  return tier === 'priority' || tier === 'fast' ? 'priority' : null
}
