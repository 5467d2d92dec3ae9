import { isObject, type JsonObject } from '../../core/index.ts'
import { listOf, objectOf } from '../json.ts'
import type { ReasoningWish } from '../model/reasoning.ts'
import type { DeclaredTool, ToolChoice } from '../model/tool-answer.ts'
import { type Question, wishFor } from '../orders.ts'
import type { CallFacts, ChatRequest, InvalidRequest } from '../protocol.ts'
import { parseEffort } from '../reasoning-wish.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { contentText, promptParts } from './prompt-parts.ts'

/** Reads a generateContent body. Pure; unknown fields are ignored. */
export function parseGenerateRequest(
  body: unknown,
  { outputTokens, model, stream }: CallFacts,
): { readonly kind: 'ok'; readonly request: ChatRequest } | InvalidRequest {
  if (!isObject(body)) return invalid('Invalid JSON payload received.', null)
  const contents = listOf(body['contents']).map(objectOf)
  const config = objectOf(body['generationConfig'])
  const wrong = faultOf(contents, config)
  if (wrong) return wrong
  const thinking = objectOf(config['thinkingConfig'])
  const { maxOutputTokens } = config as Record<string, unknown>
  return {
    kind: 'ok',
    request: {
      model: model ?? '',
      stream,
      prompt: promptParts(body),
      maxTokens: typeof maxOutputTokens === 'number' ? maxOutputTokens : null,
      wish: wishFor({
        text: lastQuestion(contents),
        ...toolsOf(body),
        isParallel: true,
        isFollowUp: listOf(contents.at(-1)?.['parts']).some(part => 'functionResponse' in objectOf(part)),
        json: jsonWish(config),
        outputTokens,
      }),
      stop: listOf(config['stopSequences']).filter(text => typeof text === 'string'),
      reasoning: reasoningOf(thinking),
      shape: { includeUsage: true, includeReasoning: thinking['includeThoughts'] === true },
    },
  }
}

/** A content that only brings function results asks nothing: the question before it stands. */
function lastQuestion(contents: readonly JsonObject[]): string {
  const asked = contents.filter(({ role }) => (role ?? 'user') === 'user')
  return asked.map(contentText).findLast(text => text !== '') ?? ''
}

function faultOf(contents: readonly JsonObject[], config: JsonObject): InvalidRequest | null {
  if (contents.length === 0)
    return invalid('* GenerateContentRequest.contents: contents is not specified', 'contents')
  const most = config['maxOutputTokens'] ?? 1
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1)
    return invalid('max_output_tokens must be positive.', 'generationConfig.maxOutputTokens')
  if ((config['candidateCount'] ?? 1) !== 1)
    return invalid('Multiple candidates is not enabled for this model', 'generationConfig.candidateCount')
  return null
}

function invalid(message: string, param: string | null): InvalidRequest {
  return { kind: 'invalid', message, param }
}

/** The declared functions, and how they are to be called: `ANY` with names allows only those. */
function toolsOf(body: JsonObject): {
  readonly tools: readonly DeclaredTool[]
  readonly toolChoice: ToolChoice
} {
  const config = objectOf(objectOf(body['toolConfig'])['functionCallingConfig'])
  const allowed = listOf(config['allowedFunctionNames'])
  const tools = listOf(body['tools'])
    .flatMap(tool => listOf(objectOf(tool)['functionDeclarations']))
    .map(objectOf)
    .flatMap(declared => {
      const { name, parameters, parametersJsonSchema } = declared as Record<string, unknown>
      if (typeof name !== 'string' || (allowed.length > 0 && !allowed.includes(name))) return []
      const schema = parametersJsonSchema ?? (isObject(parameters) ? jsonSchemaOf(parameters) : null)
      return [{ name, parameters: isObject(schema) ? schema : null }]
    })
  const kinds: Readonly<Record<string, 'none' | 'required'>> = { NONE: 'none', ANY: 'required' }
  return { tools, toolChoice: { kind: kinds[String(config['mode'])] ?? 'auto' } }
}

function jsonWish(config: JsonObject): Question['json'] {
  if (config['responseMimeType'] !== 'application/json') return null
  const { responseJsonSchema, responseSchema } = config as Record<string, unknown>
  if (isObject(responseJsonSchema)) return { schema: responseJsonSchema, isStrict: true }
  return { schema: isObject(responseSchema) ? jsonSchemaOf(responseSchema) : null, isStrict: true }
}

/** A budget of 0 is off, one of -1 is the model's own choice. */
function reasoningOf({
  thinkingBudget,
  thinkingLevel,
  includeThoughts,
}: JsonObject): ReasoningWish | undefined {
  if (typeof thinkingLevel === 'string') return parseEffort(thinkingLevel)
  if (typeof thinkingBudget !== 'number') return includeThoughts === true ? parseEffort('medium') : undefined
  if (thinkingBudget === 0) return { kind: 'off' }
  return thinkingBudget < 0 ? parseEffort('medium') : { kind: 'budget', maxTokens: thinkingBudget }
}
