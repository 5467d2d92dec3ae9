import type { JsonObject } from '../../core/index.ts'

/** What OpenRouter calls the form of Anthropic's reasoning details. */
export const reasoningFormat = 'anthropic-claude-v1'

/** A piece of visible thinking as OpenRouter tells it. */
export function reasoningText(
  index: number,
  part: { readonly text?: string; readonly signature?: string },
): JsonObject {
  return { type: 'reasoning.text', ...part, format: reasoningFormat, index }
}

/** Thinking that only Anthropic can read; callers send it back unread. */
export function reasoningSecret(index: number, data: unknown): JsonObject {
  return { type: 'reasoning.encrypted', data, format: reasoningFormat, index }
}

/** The arguments of a call as text; none are an empty object. */
export function argumentsText(input: unknown): string {
  return JSON.stringify(input ?? {})
}
