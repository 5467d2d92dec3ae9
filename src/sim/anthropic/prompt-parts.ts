import { markedPart, unmarkedJson } from '../cache-mark.ts'
import { type JsonObject } from '../../core/index.ts'
import { listOf, objectOf } from '../json.ts'
import type { PromptPart } from '../model/prompt-digest.ts'

/** What begins each message by its role, as in the other protocols. */
const marks: Readonly<Record<string, string>> = { assistant: '<|a>', system: '<|s>', user: '<|u>' }

/**
 * Writes tools, system prompt and messages as the parts that tokens and cached prefixes are counted on, in the
 * order in which the real API caches them. A `cache_control` marks the end of its part.
 */
export function promptParts({ tools, system, messages }: JsonObject): readonly PromptPart[] {
  return [
    ...listOf(tools).map(tool => markedPart(unmarkedJson(tool), tool)),
    ...(system === undefined ? [] : marked('system', contentParts(system))),
    ...listOf(messages).flatMap(message => {
      const { role, content } = objectOf(message)
      return marked(String(role), contentParts(content))
    }),
  ]
}

/** The text of a message's content; blocks that are not text are left out. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map(block => objectOf(block)['text'])
    .filter(text => typeof text === 'string')
    .join('\n')
}

function marked(role: string, parts: readonly PromptPart[]): readonly PromptPart[] {
  const [first = { text: '', isMarked: false }, ...rest] = parts
  return [{ ...first, mark: marks[role] ?? '<|?>' }, ...rest]
}

function contentParts(content: unknown): readonly PromptPart[] {
  if (typeof content === 'string') return [{ text: content, isMarked: false }]
  return listOf(content).map(block => {
    const { text } = objectOf(block)
    return markedPart(typeof text === 'string' ? text : unmarkedJson(block), block)
  })
}
