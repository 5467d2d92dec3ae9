import { z } from 'zod'
import type { Catalog } from '../catalog/index.ts'
import { hash64, type JsonObject, type Rng } from '../core/index.ts'
import {
  type AccessRules,
  parametersOf,
  parsePreferences,
  resolveModels,
  type RouteRequest,
  type RoutingTables,
} from '../policy/index.ts'
import { asObject, parseJson } from '../wire/index.ts'
import { type ApiError, apiError, unknownModel } from './api-error.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { isDeeperThan } from './nesting.ts'

/** A chat request that passed the edge. */
export interface ChatRequest {
  /** The body as it came; unknown fields are in it untouched. */
  readonly body: JsonObject
  /** Names of models as the caller wrote them, `model` first. */
  readonly requestedModels: readonly string[]
  readonly route: RouteRequest
  readonly stream: boolean
  /** Body field `session_id`; empty when absent. */
  readonly sessionId: string
  readonly promptHash: bigint
  readonly prefixHash: bigint
}

/** What the reading of a request depends on besides its body. */
export interface ChatRequestOptions {
  readonly catalog: Catalog
  readonly tables: RoutingTables
  /** Of the caller's account and key. */
  readonly rules: AccessRules
  /** Draws of pools that pick at random. */
  readonly rng: Rng
}

/** The result of reading a request body. */
export type ChatRequestResult =
  | { readonly ok: true; readonly request: ChatRequest }
  /** `model` and `stream` as far as they could be read, for the record. */
  | { readonly ok: false; readonly error: ApiError; readonly model: string; readonly stream: boolean }

/** OpenRouter refuses more than three; a benchmark may want more. */
const longestChain = 8
/** Checked before any item is, so that a long array costs nothing. No context holds more messages than this. */
const longestArrays = { messages: 10_000, tools: 1_000, models: longestChain } as const
/** Far beyond any real tool schema; what encodes a body again recurses. */
const deepestNesting = 256
const tokens = z.int().min(1).nullish()

const schema = z.looseObject({
  model: z.string().min(1).nullish(),
  models: z.array(z.string().min(1)).max(longestChain).nullish(),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
  session_id: z.string().max(256).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  tools: z.array(z.looseObject({})).nullish(),
})

/** Reads and checks the body of a chat request. Never throws; the first ten problems are in the message. */
export function parseChatRequest(bytes: Buffer, options: ChatRequestOptions): ChatRequestResult {
  if (isDeeperThan(deepestNesting, bytes)) {
    return refuse({}, apiError('invalid_request', `body: nested deeper than ${deepestNesting} levels`))
  }
  const body = asObject(parseJson(bytes.toString('utf8')))
  if (!body) return refuse({}, apiError('invalid_request', 'The request body is no JSON object'))
  const tooLong = lengthProblem(body)
  if (tooLong !== null) return refuse(body, apiError('invalid_request', tooLong))
  const parsed = schema.safeParse(body)
  if (!parsed.success) return refuse(body, apiError('invalid_request', problemsOf(parsed.error)))
  const preferences = parsePreferences(body['provider'])
  if (!preferences.ok) return refuse(body, apiError('invalid_request', preferences.problem))
  const { messages, stream, session_id: sessionId } = parsed.data
  const requestedModels = chainOf(parsed.data)
  if (requestedModels.length === 0)
    return refuse(body, apiError('invalid_request', 'model: No models provided'))
  const needs = { parameters: parametersOf(body), modalities: [] }
  const resolved = resolveModels(requestedModels, { ...options, needs })
  if (!resolved.ok) return refuse(body, unknownModel(resolved.unknown, requestedModels))
  const route: RouteRequest = {
    models: resolved.models,
    preferences: preferences.preferences,
    rules: options.rules,
    ...needs,
    ...lengthsOf(parsed.data),
    tier: null,
    rule: null,
  }
  const hashes = { promptHash: hash64(bytes), prefixHash: hash64(JSON.stringify(messages[0] ?? null)) }
  return {
    ok: true,
    request: {
      body,
      requestedModels,
      route,
      stream: stream ?? false,
      sessionId: sessionId ?? '',
      ...hashes,
    },
  }
}

function lengthProblem(body: JsonObject): string | null {
  for (const [name, longest] of Object.entries(longestArrays)) {
    const value = body[name]
    if (Array.isArray(value) && value.length > longest) return `${name}: more than ${longest} items`
  }
  return null
}

type Checked = z.infer<typeof schema>

/** `model` first, then `models`, each once. */
function chainOf({ model, models }: Checked): readonly string[] {
  return [...new Set([...(model ? [model] : []), ...(models ?? [])])]
}

function lengthsOf({ messages, tools, max_completion_tokens, max_tokens }: Checked) {
  return {
    estimatedInputTokens: estimateTokens(messages, tools ?? []),
    maxOutputTokens: max_completion_tokens ?? max_tokens ?? null,
  }
}

function refuse(body: JsonObject, error: ApiError): ChatRequestResult {
  const model = typeof body['model'] === 'string' ? body['model'].slice(0, 200) : ''
  return { ok: false, error, model, stream: body['stream'] === true }
}

function problemsOf(error: z.ZodError): string {
  const told = error.issues.slice(0, 10)
  const more = error.issues.length - told.length
  const texts = told.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return [...texts, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}
