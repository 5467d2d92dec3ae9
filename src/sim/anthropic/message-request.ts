import { isObject, type JsonObject } from '../../core/index.ts'
import { listOf, objectOf } from '../json.ts'
import type { ReasoningWish } from '../model/reasoning.ts'
import type { DeclaredTool, ToolChoice } from '../model/tool-answer.ts'
import { type Question, wishFor } from '../orders.ts'
import type { CallFacts, ChatRequest, InvalidRequest } from '../protocol.ts'
import { parseEffort } from '../reasoning-wish.ts'
import { contentText, promptParts } from './prompt-parts.ts'

/** Reads a messages body. Pure; unknown fields are ignored. */
export function parseMessageRequest(
  body: unknown,
  { outputTokens }: CallFacts,
): { readonly kind: 'ok'; readonly request: ChatRequest } | InvalidRequest {
  if (!isObject(body)) return invalid('The request body is not valid JSON.', null)
  const { model, max_tokens: maxTokens, stream, messages: given } = body as Record<string, unknown>
  const messages = listOf(given)
  const tools = declaredTools(listOf(body['tools']))
  const choice = objectOf(body['tool_choice'])
  const toolChoice = toolChoiceOf(choice)
  if (typeof model !== 'string') return invalid('model: Field required', 'model')
  if (typeof maxTokens !== 'number') return invalid('max_tokens: Field required', 'max_tokens')
  if (!Number.isInteger(maxTokens) || maxTokens < 1)
    return invalid('max_tokens: Input should be greater than or equal to 1', 'max_tokens')
  if (messages.length === 0) return invalid('messages: at least one message is required', 'messages')
  if (toolChoice.kind === 'named' && !tools.some(({ name }) => name === toolChoice.name))
    return invalid(`Tool '${toolChoice.name}' not found in provided tools`, 'tool_choice')
  return {
    kind: 'ok',
    request: {
      model,
      stream: stream === true,
      prompt: promptParts(body),
      maxTokens,
      wish: wishFor({
        text: lastQuestion(messages),
        tools,
        toolChoice,
        isParallel: choice['disable_parallel_tool_use'] !== true,
        isFollowUp: hasToolResult(messages.at(-1)),
        prefill: prefillOf(objectOf(messages.at(-1))),
        json: jsonWish(body),
        outputTokens,
      }),
      stop: listOf(body['stop_sequences']).filter(text => typeof text === 'string'),
      reasoning: reasoningOf(body),
      shape: { includeUsage: true, includeReasoning: true },
    },
  }
}

function invalid(message: string, param: string | null): InvalidRequest {
  return { kind: 'invalid', message, param }
}

function declaredTools(tools: readonly unknown[]): readonly DeclaredTool[] {
  return tools.flatMap(tool => {
    const { name, input_schema: schema } = objectOf(tool) as Record<string, unknown>
    if (typeof name !== 'string') return []
    return [{ name, parameters: isObject(schema) ? schema : null }]
  })
}

function toolChoiceOf({ type, name }: JsonObject): ToolChoice {
  if (type === 'any') return { kind: 'required' }
  if (type === 'tool' && typeof name === 'string') return { kind: 'named', name }
  return { kind: type === 'none' ? 'none' : 'auto' }
}

/** `output_config.format` with a JSON Schema. */
function jsonWish(body: JsonObject): Question['json'] {
  const format = objectOf(objectOf(body['output_config'])['format'])
  if (format['type'] !== 'json_schema') return null
  return { schema: isObject(format['schema']) ? format['schema'] : null, isStrict: true }
}

/** Thinks only when asked, as the real API does. */
function reasoningOf(body: JsonObject): ReasoningWish {
  const { type, budget_tokens: maxTokens } = objectOf(body['thinking']) as Record<string, unknown>
  if (type === 'enabled' && typeof maxTokens === 'number') return { kind: 'budget', maxTokens }
  if (type === 'enabled' || type === 'adaptive')
    return parseEffort(objectOf(body['output_config'])['effort'] ?? 'medium')
  return { kind: 'off' }
}

function lastQuestion(messages: readonly unknown[]): string {
  const asked = messages.map(objectOf).filter(({ role }) => role === 'user')
  // A message that only brings tool results asks nothing: the question before it stands.
  return asked.map(({ content }) => contentText(content)).findLast(text => text !== '') ?? ''
}

function prefillOf({ role, content }: JsonObject): string {
  return role === 'assistant' ? contentText(content) : ''
}

function hasToolResult(message: unknown): boolean {
  return listOf(objectOf(message)['content']).some(block => objectOf(block)['type'] === 'tool_result')
}
