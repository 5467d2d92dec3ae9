import { type JsonObject } from '../../core/index.ts'
import { listOf, objectOf } from '../json.ts'
import type { PromptPart } from '../model/prompt-digest.ts'

/** What begins each content by its role, as in the other protocols. */
const marks: Readonly<Record<string, string>> = { model: '<|a>', system: '<|s>', user: '<|u>' }

/** Writes tools, system instruction and contents as the parts that tokens and cached prefixes are counted on. */
export function promptParts({ tools, systemInstruction, contents }: JsonObject): readonly PromptPart[] {
  const system = systemInstruction === undefined ? [] : [{ ...objectOf(systemInstruction), role: 'system' }]
  const turns = [...system, ...listOf(contents)].map(objectOf).map(content => {
    const text = listOf(content['parts']).map(partText).join('')
    const { role } = content
    return { text, mark: marks[typeof role === 'string' ? role : 'user'] ?? '<|?>', isMarked: false }
  })
  return [...listOf(tools).map(tool => ({ text: JSON.stringify(tool), isMarked: false })), ...turns]
}

/** The text of a content; parts that are not text are left out. */
export function contentText(content: JsonObject): string {
  return listOf(content['parts'])
    .map(part => objectOf(part)['text'])
    .filter(text => typeof text === 'string')
    .join('\n')
}

function partText(part: unknown): string {
  const { text } = objectOf(part)
  return typeof text === 'string' ? text : JSON.stringify(part)
}
