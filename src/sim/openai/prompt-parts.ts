import type { PromptPart } from '../model/prompt-digest.ts'
import { markedPart, unmarkedJson } from '../cache-mark.ts'
import { isObject, type JsonObject } from '../../core/index.ts'

/** What begins each message by its role, so that a role counts and messages cannot run together. */
const marks: Readonly<Record<string, string>> = {
  assistant: '<|a>',
  developer: '<|d>',
  system: '<|s>',
  tool: '<|t>',
  user: '<|u>',
}

/**
 * Writes tools and messages as the parts that tokens and cached prefixes are counted on: tools first, then
 * each message with the mark of its role. A longer conversation begins with the parts of a shorter one.
 */
export function promptParts(messages: readonly unknown[], tools: readonly unknown[]): readonly PromptPart[] {
  const toolParts = tools.map(tool => markedPart(unmarkedJson(tool), tool))
  return [...toolParts, ...messages.flatMap(messageParts)]
}

/** The text of a message's content; parts that are not text count as their JSON. */
export function contentText(message: JsonObject): string {
  return contentParts(message)
    .map(({ text }) => text)
    .join('')
}

function messageParts(message: unknown): readonly PromptPart[] {
  if (!isObject(message)) return []
  const calls = message['tool_calls']
  const tail = calls === undefined ? [] : [{ text: JSON.stringify(calls), isMarked: false }]
  const [first = { text: '', isMarked: false }, ...rest] = [...contentParts(message), ...tail]
  const mark = marks[String(message['role'])] ?? '<|?>'
  return [{ ...first, mark }, ...rest]
}

function contentParts(message: JsonObject): readonly PromptPart[] {
  const content = message['content']
  if (typeof content === 'string') return [markedPart(content, message)]
  if (!Array.isArray(content)) return []
  return content.map(part => markedPart(partText(part), part))
}

function partText(part: unknown): string {
  return isObject(part) && typeof part['text'] === 'string' ? part['text'] : unmarkedJson(part)
}
