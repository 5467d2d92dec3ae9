import { isJsonObject, type JsonObject } from './json.ts'

/** A prompt as one text, and where the last mark for caching ends. */
export interface PromptText {
  readonly text: string
  /** UTF-16 offset in `text` just after the last part with `cache_control`; null: no part has it. */
  readonly breakpoint: number | null
}

/** Four characters, one token, before each message, so that a role counts and messages cannot run together. */
const marks: Readonly<Record<string, string>> = {
  assistant: '<|a>',
  developer: '<|d>',
  system: '<|s>',
  tool: '<|t>',
  user: '<|u>',
}

/**
 * Writes tools and messages as the one text that tokens and cache blocks are counted on: tools first, then
 * each message behind a mark of four characters. A longer conversation begins with the text of a shorter one.
 */
export function promptText(messages: readonly unknown[], tools: readonly unknown[]): PromptText {
  const parts: Part[] = [...tools.map(toolPart), ...messages.flatMap(messageParts)]
  let text = ''
  let breakpoint: number | null = null
  for (const part of parts) {
    text += part.text
    if (part.isMarked) breakpoint = text.length
  }
  return { text, breakpoint }
}

interface Part {
  readonly text: string
  readonly isMarked: boolean
}

function toolPart(tool: unknown): Part {
  return { text: JSON.stringify(tool), isMarked: isMarked(tool) }
}

function messageParts(message: unknown): readonly Part[] {
  if (!isJsonObject(message)) return []
  const head = { text: marks[String(message['role'])] ?? '<|?>', isMarked: false }
  const calls = message['tool_calls']
  const tail = calls === undefined ? [] : [{ text: JSON.stringify(calls), isMarked: false }]
  return [head, ...contentParts(message), ...tail]
}

function contentParts(message: JsonObject): readonly Part[] {
  const content = message['content']
  if (typeof content === 'string') return [{ text: content, isMarked: isMarked(message) }]
  if (!Array.isArray(content)) return []
  return content.map(part => ({ text: partText(part), isMarked: isMarked(part) }))
}

function partText(part: unknown): string {
  return isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : JSON.stringify(part)
}

function isMarked(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(value['cache_control'])
}
