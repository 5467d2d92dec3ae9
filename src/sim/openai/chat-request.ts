import { isObject, type JsonObject } from '../../core/index.ts'
import { listOf, objectOf } from '../json.ts'
import { parseEffort, type ReasoningWish } from '../reasoning-wish.ts'
import type { ToolChoice, DeclaredTool } from '../model/tool-answer.ts'
import { type Question, wishFor } from '../orders.ts'
import type { CallFacts, ChatRequest, InvalidRequest } from '../protocol.ts'
import { contentText, promptParts } from './prompt-parts.ts'

/** Reads a chat completions body. Pure; unknown fields are ignored, as real providers mostly do. */
export function parseChatRequest(
  body: unknown,
  { outputTokens }: CallFacts,
): { readonly kind: 'ok'; readonly request: ChatRequest } | InvalidRequest {
  if (!isObject(body)) return invalid('We could not parse the JSON body of your request.', null)
  const wrong = faultOf(body)
  if (wrong) return wrong
  const messages = listOf(body['messages'])
  const tools = listOf(body['tools'])
  return {
    kind: 'ok',
    request: {
      model: String(body['model']),
      tier: tierOf(body['service_tier']),
      stream: body['stream'] === true,
      prompt: promptParts(messages, tools),
      maxTokens: numberOf(body['max_completion_tokens'] ?? body['max_tokens']),
      wish: wishFor({
        text: lastQuestion(messages),
        tools: declaredTools(tools),
        toolChoice: toolChoiceOf(body['tool_choice']),
        isParallel: body['parallel_tool_calls'] !== false,
        isFollowUp: objectOf(messages.at(-1))['role'] === 'tool',
        prefill: prefillOf(objectOf(messages.at(-1))),
        json: jsonWish(objectOf(body['response_format'])),
        outputTokens,
      }),
      stop: [body['stop'] ?? []].flat().filter(text => typeof text === 'string'),
      reasoning: reasoningOf(body),
      choices: numberOf(body['n']) ?? 1,
      shape: {
        includeUsage: objectOf(body['stream_options'])['include_usage'] === true,
        includeReasoning: true,
      },
    },
  }
}

/** `auto` and what is not known are the usual tier. */
function tierOf(asked: unknown): NonNullable<ChatRequest['tier']> {
  return asked === 'flex' || asked === 'priority' ? asked : 'default'
}

/** Most choices of one request; OpenAI's own bound. */
const maxChoices = 128

/** What the real API would turn down. */
function faultOf(body: JsonObject): InvalidRequest | null {
  const { model, messages, n } = body as { readonly [name: string]: unknown }
  if (typeof model !== 'string') return invalid('you must provide a model parameter', 'model')
  if (!Array.isArray(messages) || messages.length === 0)
    return invalid("Invalid 'messages': expected a non-empty array.", 'messages')
  const most = body['max_completion_tokens'] ?? body['max_tokens'] ?? null
  if (most !== null && !isCount(most, Infinity))
    return invalid("Invalid 'max_tokens': expected a positive integer.", 'max_tokens')
  if (!isCount(n ?? 1, maxChoices))
    return invalid(`Invalid 'n': expected a whole number from 1 to ${maxChoices}.`, 'n')
  return toolFault(body)
}

function toolFault(body: JsonObject): InvalidRequest | null {
  const tools = declaredTools(listOf(body['tools']))
  const choice = toolChoiceOf(body['tool_choice'])
  if (choice.kind === 'named' && !tools.some(({ name }) => name === choice.name))
    return invalid(`Tool choice '${choice.name}' not found in 'tools' parameter.`, 'tool_choice')
  if (choice.kind === 'required' && tools.length === 0)
    return invalid("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice')
  return null
}

function isCount(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
}

function invalid(message: string, param: string | null): InvalidRequest {
  return { kind: 'invalid', message, param }
}

function declaredTools(tools: readonly unknown[]): readonly DeclaredTool[] {
  return tools.flatMap(tool => {
    const { name, parameters } = objectOf(objectOf(tool)['function']) as { readonly [name: string]: unknown }
    if (typeof name !== 'string') return []
    return [{ name, parameters: isObject(parameters) ? parameters : null }]
  })
}

function toolChoiceOf(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return { kind: choice }
  const name = objectOf(objectOf(choice)['function'])['name']
  return typeof name === 'string' ? { kind: 'named', name } : { kind: 'auto' }
}

function jsonWish(format: JsonObject): Question['json'] {
  if (format['type'] === 'json_object') return { schema: null }
  if (format['type'] !== 'json_schema') return null
  const { schema, strict } = objectOf(format['json_schema']) as Record<string, unknown>
  return { schema: isObject(schema) ? schema : null, isStrict: strict === true }
}

/** OpenAI's `reasoning_effort`, or OpenRouter's `reasoning` object. */
function reasoningOf(body: JsonObject): ReasoningWish | undefined {
  const { effort, max_tokens: maxTokens, enabled } = objectOf(body['reasoning']) as Record<string, unknown>
  if (typeof maxTokens === 'number') return { kind: 'budget', maxTokens }
  const asked = body['reasoning_effort'] ?? effort
  if (asked !== undefined) return parseEffort(asked)
  return typeof enabled === 'boolean' ? parseEffort(enabled ? 'medium' : 'none') : undefined
}

function lastQuestion(messages: readonly unknown[]): string {
  const last = messages.filter(isObject).findLast(message => message['role'] === 'user')
  return last ? contentText(last) : ''
}

function prefillOf(last: JsonObject): string {
  return last['role'] === 'assistant' ? contentText(last) : ''
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
