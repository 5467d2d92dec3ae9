import type { Catalog, Endpoint } from '../catalog/index.ts'
import { isObject, type JsonObject, type Rng } from '../core/index.ts'
import {
  type AccessRules,
  matchRule,
  type ModelCandidate,
  type NameProblem,
  parametersOf,
  parsePreferences,
  type ProviderPreferences,
  resolveModels,
  type RouteRequest,
  type RoutingTables,
  withRule,
} from '../policy/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { autoWishesOf } from './auto-wishes.ts'
import type { ChatBody } from './chat-body.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { inputModalities } from './input-modalities.ts'
import { nameError } from './name-error.ts'
import type { TaskOfCall } from './task-of.ts'

/** What a request's route depends on besides the request. */
export interface RouteRequestOptions {
  readonly catalog: Catalog
  readonly tables: RoutingTables
  /** Of the caller's account and key together. */
  readonly rules: AccessRules
  /** Draws of pools that pick at random. */
  readonly rng: Rng
  /** Whether the router could call an endpoint at all, for pools; left out: it could. */
  readonly canServe?: (endpoint: Endpoint) => boolean
  /** The model of a pool that the conversation of a body uses already; null: none. Left out: none is remembered. */
  readonly modelInUse?: (body: JsonObject, pool: string) => string | null
}

/** A request whose fields have the right types. */
interface Asked {
  readonly body: JsonObject
  readonly fields: ChatBody
  /** Names of models as the caller wrote them. */
  readonly requestedModels: readonly string[]
  readonly task: TaskOfCall
}

type Routed =
  | { readonly ok: true; readonly route: RouteRequest }
  | { readonly ok: false; readonly error: ApiError }

/**
 * What routing needs to know of a request: its preferences with the defaults of the task rule that matches, and its
 * names as candidate models. Pure; draws only for random pools.
 */
export function routeRequest(asked: Asked, options: RouteRequestOptions): Routed {
  const { body, fields, requestedModels, task } = asked
  const rule = matchRule(options.tables.rules, { ...task, models: requestedModels })
  const read = parsePreferences(withRule(body['provider'], rule, requestedModels))
  if (!read.ok) return invalid(read.problem)
  const auto = autoWishesOf(body)
  if (!auto.ok) return invalid(auto.problem)
  const needs = needsOf(body, fields)
  const contextTokens = needs.estimatedInputTokens + (needs.maxOutputTokens ?? 0)
  const ruled = rule && rule.models.length > 0 ? rule.models : null
  const resolved = resolveModels(ruled ?? requestedModels, {
    ...options,
    needs: { ...needs, contextTokens },
    wishes: auto.wishes,
    modelInUse: pool => options.modelInUse?.(body, pool) ?? null,
  })
  if (!resolved.ok) return { ok: false, error: nameError(resolved.problem, requestedModels) }
  const [asName = ''] = requestedModels
  const route: RouteRequest = {
    models: ruled ? resolved.models.map(model => byRule(model, asName)) : resolved.models,
    preferences: withEdge(read.preferences, asked, resolved.skipped),
    rules: options.rules,
    ...needs,
    tier: tierOf(fields),
    rule: rule?.name ?? null,
  }
  return { ok: true, route }
}

function invalid(problem: string): Routed {
  return { ok: false, error: apiError('invalid_request', problem) }
}

function byRule(model: ModelCandidate, requested: string): ModelCandidate {
  return { ...model, requested, via: 'rule' }
}

function needsOf(body: JsonObject, fields: ChatBody) {
  const { messages, tools, max_completion_tokens, max_tokens } = fields
  return {
    parameters: parametersOf(body).filter(name => !asksNothing(name, fields)),
    modalities: inputModalities(messages),
    estimatedInputTokens: estimateTokens(messages, tools ?? []),
    maxOutputTokens: max_completion_tokens ?? max_tokens ?? null,
  }
}

/** An empty list of tools and an answer in plain text are what a request without the field has. */
function asksNothing(name: string, { tools, response_format: format }: ChatBody): boolean {
  if (name === 'tools') return tools?.length === 0
  return name === 'response_format' && format?.type === 'text'
}

/**
 * What fields beside `provider` say of preferences: the older `route` stands for `sort.partition` where that is not
 * given, and what has no effect is named.
 */
function withEdge(
  preferences: ProviderPreferences,
  { body, fields }: Asked,
  skipped: readonly NameProblem[],
): ProviderPreferences {
  const provider = isObject(body['provider']) ? body['provider'] : {}
  const sort = isObject(provider['sort']) ? provider['sort'] : {}
  const isOpen = (sort['partition'] ?? null) === null && typeof fields.route === 'string'
  const byRoute = fields.route === 'sort' ? ('none' as const) : ('model' as const)
  const ignored = [...skipped.map(({ name }) => `models.${name}`), ...(fields.debug ? ['debug'] : [])]
  return {
    ...preferences,
    partition: isOpen ? byRoute : preferences.partition,
    ignoredFields: [...preferences.ignoredFields, ...ignored],
  }
}

/** `auto` and `scale` leave the tier open. */
function tierOf({ service_tier: tier }: ChatBody): RouteRequest['tier'] {
  if (tier === 'flex' || tier === 'default') return tier
  return tier === 'priority' || tier === 'fast' ? 'priority' : null
}
