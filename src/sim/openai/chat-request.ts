import type { AnswerWish } from '../model/answer-text.ts'
import type { PromptPart } from '../model/prompt-digest.ts'
import { isObject, type JsonObject } from '../../core/index.ts'
import { contentText, promptParts } from './prompt-parts.ts'

/** A chat completions request, checked. */
export interface ChatRequest {
  readonly model: string
  readonly stream: boolean
  /** Whether a stream ends with a usage chunk. */
  readonly includeUsage: boolean
  readonly prompt: readonly PromptPart[]
  readonly maxTokens: number | null
  readonly wish: AnswerWish
}

/** A request body that OpenAI's API would turn down, with the field at fault. */
export interface InvalidRequest {
  readonly kind: 'invalid'
  readonly message: string
  readonly param: string | null
}

/** A line of the last user message that says what to answer. */
const order = 'Reply with exactly: '

/**
 * Reads a request body. Pure; unknown fields are ignored, as real providers mostly do.
 *
 * @param body The parsed JSON body.
 * @param outputTokens Length of a free answer that the caller asked for by header; null: none.
 */
export function parseChatRequest(
  body: unknown,
  outputTokens: number | null,
): { readonly kind: 'ok'; readonly request: ChatRequest } | InvalidRequest {
  if (!isObject(body)) return invalid('We could not parse the JSON body of your request.', null)
  const { model, messages, tools, stream } = body as { readonly [name: string]: unknown }
  if (typeof model !== 'string') return invalid('you must provide a model parameter', 'model')
  if (!Array.isArray(messages) || messages.length === 0)
    return invalid("Invalid 'messages': expected a non-empty array.", 'messages')
  const maxTokens = maxTokensOf(body)
  if (maxTokens === 'invalid')
    return invalid("Invalid 'max_tokens': expected a positive integer.", 'max_tokens')
  return {
    kind: 'ok',
    request: {
      model,
      stream: stream === true,
      includeUsage: isObject(body['stream_options']) && body['stream_options']['include_usage'] === true,
      prompt: promptParts(messages, Array.isArray(tools) ? tools : []),
      maxTokens,
      wish: wishOf(body, messages, outputTokens),
    },
  }
}

function invalid(message: string, param: string | null): InvalidRequest {
  return { kind: 'invalid', message, param }
}

function maxTokensOf(body: JsonObject): number | null | 'invalid' {
  const value = body['max_completion_tokens'] ?? body['max_tokens'] ?? null
  if (value === null) return null
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 'invalid'
}

function wishOf(body: JsonObject, messages: readonly unknown[], outputTokens: number | null): AnswerWish {
  const text = orderedText(messages)
  if (text !== null) return { kind: 'exact', text }
  const format = body['response_format']
  const type = isObject(format) ? format['type'] : 'text'
  if (type === 'json_object') return { kind: 'json', schema: null }
  if (type === 'json_schema') return { kind: 'json', schema: schemaOf(format) }
  return { kind: 'filler', tokens: outputTokens }
}

function orderedText(messages: readonly unknown[]): string | null {
  const last = messages.filter(isObject).findLast(message => message['role'] === 'user')
  const text = `\n${last ? contentText(last) : ''}`
  const at = text.lastIndexOf(`\n${order}`)
  if (at < 0) return null
  const start = at + 1 + order.length
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? undefined : end).trimEnd()
}

function schemaOf(format: unknown): JsonObject | null {
  const named = isObject(format) ? format['json_schema'] : null
  const schema = isObject(named) ? named['schema'] : null
  return isObject(schema) ? schema : null
}
