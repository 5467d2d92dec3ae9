import { asArray, asObject, asText } from '../wire/index.ts'

/** Rule of thumb for English text and code. Good enough to keep a prompt off a window it cannot fit. */
const charactersPerToken = 4

/**
 * Rough prompt length in tokens: characters of all texts, tool calls and definitions over four. Images and other
 * media count nothing, so the context filter never refuses them for their encoding. Pure.
 */
export function estimateTokens(
  messages: readonly Readonly<Record<string, unknown>>[],
  tools: readonly unknown[],
): number {
  const text = messages.reduce(
    (sum, message) => sum + contentLength(message['content']) + callsLength(message['tool_calls']),
    0,
  )
  const definitions = tools.length > 0 ? JSON.stringify(tools).length : 0
  return Math.ceil((text + definitions) / charactersPerToken)
}

function callsLength(calls: unknown): number {
  return Array.isArray(calls) ? JSON.stringify(calls).length : 0
}

function contentLength(content: unknown): number {
  if (typeof content === 'string') return content.length
  return asArray(content).reduce<number>((sum, part) => sum + asText(asObject(part)?.['text']).length, 0)
}
