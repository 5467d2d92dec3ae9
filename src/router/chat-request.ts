import { hash64, type JsonObject } from '../core/index.ts'
import {
  type NameProblem,
  type RouteRequest,
  type RouteRequestOptions,
  routeRequest,
} from '../policy/index.ts'
import { asObject, parseJson } from '../wire/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { type ChatBody, checkChatBody } from './chat-body.ts'
import type { PipelineStage } from './plugins/pipeline-stage.ts'
import { parsePluginWishes, type PluginWishes } from './plugins/plugin-wishes.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { inputModalities } from './input-modalities.ts'
import { nameError } from './name-error.ts'
import { deepestNesting, isDeeperThan } from './nesting.ts'
import { type CallHeaders, taskOf } from './task-of.ts'

/** A chat request that passed the edge. */
export interface ChatRequest {
  /** The body as it came; unknown fields are in it untouched. */
  readonly body: JsonObject
  /** Names of models as the caller wrote them, `model` first. */
  readonly requestedModels: readonly string[]
  readonly route: RouteRequest
  readonly stream: boolean
  /** Answers asked for (`n`), each billed. */
  readonly answers: number
  /** Body field `session_id`; empty when absent. */
  readonly sessionId: string
  /** Name of the task for routing rules; empty when none was named. */
  readonly task: string
  readonly plugins: PluginWishes
  /** What plugins did to the body so far. */
  readonly pipeline: readonly PipelineStage[]
  readonly promptHash: bigint
  readonly prefixHash: bigint
}

/** What the reading of a request depends on besides its body. */
export interface ChatRequestOptions extends RouteRequestOptions {
  /** Longest chain of `model` and `models`. OpenRouter takes three; default 8, a benchmark may want more. */
  readonly maxModels?: number
  /** Headers of the call, in lower case; left out: none. */
  readonly headers?: CallHeaders
}

/** The result of reading a request body. */
export type ChatRequestResult =
  | { readonly ok: true; readonly request: ChatRequest }
  /** `model` and `stream` as far as they could be read, for the record. */
  | { readonly ok: false; readonly error: ApiError; readonly model: string; readonly stream: boolean }

/** Reads and checks the body of a chat request. Never throws; the first ten problems are in the message. */
export function parseChatRequest(bytes: Buffer, options: ChatRequestOptions): ChatRequestResult {
  const body = objectIn(bytes)
  if (typeof body === 'string') return refuse({}, apiError('invalid_request', body))
  const checked = checkChatBody(body, options.maxModels ?? 8)
  if (!checked.ok) return refuse(body, apiError('invalid_request', checked.problem))
  const requestedModels = chainOf(checked.fields)
  if (requestedModels.length === 0) {
    return refuse(body, apiError('invalid_request', 'model: No models provided'))
  }
  const plugins = parsePluginWishes(body)
  if (!plugins.ok) return refuse(body, apiError('invalid_request', plugins.problem))
  const task = taskOf(options.headers ?? {}, checked.fields.metadata)
  if (!task.ok) return refuse(body, apiError('invalid_request', task.problem))
  const asked = { body, models: requestedModels, task: task.task, ...sizesOf(checked.fields) }
  const routed = routeRequest(asked, options)
  if (!routed.ok) return refuse(body, routeError(routed.problem, requestedModels))
  return {
    ok: true,
    request: {
      body,
      requestedModels,
      route: routed.route,
      ...plainFields(checked.fields),
      task: task.task.task,
      plugins: plugins.wishes,
      pipeline: [],
      promptHash: hash64(bytes),
    },
  }
}

function plainFields({ stream, n, session_id: sessionId, messages }: ChatBody) {
  return {
    stream: stream ?? false,
    answers: n ?? 1,
    sessionId: sessionId ?? '',
    prefixHash: hash64(JSON.stringify(messages[0] ?? null)),
  }
}

/** The body as an object, or what is wrong with it. */
function objectIn(bytes: Buffer): JsonObject | string {
  if (isDeeperThan(deepestNesting, bytes)) return `body: nested deeper than ${deepestNesting} levels`
  return asObject(parseJson(bytes.toString('utf8'))) ?? 'The request body is no JSON object'
}

function sizesOf({ messages, tools, max_completion_tokens, max_tokens, ...rest }: ChatBody) {
  // A schema of the answer is part of the prompt.
  const definitions = [...(tools ?? []), ...(rest.response_format ? [rest.response_format] : [])]
  return {
    modalities: inputModalities(messages),
    estimatedInputTokens: estimateTokens(messages, definitions),
    maxOutputTokens: max_completion_tokens ?? max_tokens ?? null,
  }
}

function routeError(problem: string | NameProblem, requestedModels: readonly string[]): ApiError {
  if (typeof problem === 'string') return apiError('invalid_request', problem)
  return nameError(problem, requestedModels)
}

/** `model` first, then `models`, each once. */
function chainOf({ model, models }: ChatBody): readonly string[] {
  return [...new Set([...(model ? [model] : []), ...(models ?? [])])]
}

function refuse(body: JsonObject, error: ApiError): ChatRequestResult {
  const model = typeof body['model'] === 'string' ? body['model'].slice(0, 200) : ''
  return { ok: false, error, model, stream: body['stream'] === true }
}
