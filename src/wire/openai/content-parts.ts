import type { JsonObject } from '../../core/index.ts'
import { asObject, asText } from '../json.ts'

/**
 * A message or delta whose content is text: Mistral's reasoning models answer in parts, some of type `thinking`, which
 * become `reasoning`. Pure; what has its content as text already is returned as it is.
 */
export function contentParts(message: JsonObject): JsonObject {
  const { content } = message
  if (!Array.isArray(content)) return message
  const parts = content.map(asObject)
  const reasoning = textsOf(parts.flatMap(part => (part?.['type'] === 'thinking' ? part['thinking'] : [])))
  const text = textsOf(parts.filter(part => part?.['type'] !== 'thinking'))
  return { ...message, content: text, ...(reasoning !== '' && { reasoning }) }
}

function textsOf(parts: readonly unknown[]): string {
  return parts.map(part => (typeof part === 'string' ? part : asText(asObject(part)?.['text']))).join('')
}
