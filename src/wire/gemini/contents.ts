import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject, asText, parseJson } from '../json.ts'
import { contentParts } from './content-parts.ts'
import { reasoningFormat } from './parts.ts'

/** A message of the conversation. */
interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
}

/**
 * System instruction and conversation. Results of functions become one content; a system message in the midst of the
 * conversation moves to its front, which is noted. Pure but for the departures.
 */
export function encodeContents(messages: readonly unknown[], departures: Departures): JsonObject {
  const system: JsonObject[] = []
  const contents: Content[] = []
  /** Names of the functions called, by the id of the call: their results name them. */
  const names = new Map<string, string>()
  for (const message of messages.map(one => asObject(one) ?? {})) {
    if (asText(message['name']) !== '' && message['role'] !== 'tool') departures.leaveOut('name of a message')
    for (const call of callsOf(message)) names.set(asText(call['id']), nameOf(call))
    if (message['role'] === 'system' || message['role'] === 'developer') {
      if (contents.length > 0) departures.change('a later system message at the front')
      system.push(...contentParts(message, departures))
    } else addContent(contents, contentOf(message, names, departures))
  }
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents }
}

function contentOf(message: JsonObject, names: ReadonlyMap<string, string>, departures: Departures): Content {
  switch (message['role']) {
    case 'assistant':
      return { role: 'model', parts: modelParts(message, departures) }
    case 'tool':
      return { role: 'user', parts: [functionResponse(message, names, departures)] }
    default:
      return { role: 'user', parts: contentParts(message, departures) }
  }
}

/** Adds a content, to the last one when both bring results of functions. A content needs parts. */
function addContent(contents: Content[], content: Content): void {
  const last = contents.at(-1)
  const brings = ({ parts }: Content) => parts[0]?.['functionResponse'] !== undefined
  if (last && brings(last) && brings(content)) {
    contents[contents.length - 1] = { role: 'user', parts: [...last.parts, ...content.parts] }
  } else if (content.parts.length > 0) contents.push(content)
}

/** What the model said, with the signatures that it wants back: each at its call, one of no call at the last text. */
function modelParts(message: JsonObject, departures: Departures): readonly JsonObject[] {
  const signatures = new Map(asArray(message['reasoning_details']).flatMap(signatureOf))
  const texts = contentParts(message, departures)
  const ofText = signatures.get('')
  const last = texts.at(-1)
  const signed =
    ofText === undefined || !last ? texts : [...texts.slice(0, -1), { ...last, ...signature(ofText) }]
  const calls = callsOf(message).map(call =>
    Object.assign(
      { functionCall: { name: nameOf(call), args: argsOf(call, departures) } },
      signature(signatures.get(asText(call['id']))),
    ),
  )
  return [...signed, ...calls]
}

function signatureOf(detail: unknown): readonly (readonly [string, string])[] {
  const { type, format, data, id } = (asObject(detail) ?? {}) as { readonly [name: string]: unknown }
  const isOurs = type === 'reasoning.encrypted' && format === reasoningFormat
  return isOurs ? [[asText(id), asText(data)]] : []
}

function signature(thoughtSignature: string | undefined): JsonObject {
  return thoughtSignature === undefined ? {} : { thoughtSignature }
}

function callsOf(message: JsonObject): readonly JsonObject[] {
  return asArray(message['tool_calls']).map(call => asObject(call) ?? {})
}

function nameOf(call: JsonObject): string {
  return asText(asObject(call['function'])?.['name'])
}

function argsOf(call: JsonObject, departures: Departures): JsonObject {
  const text = asText(asObject(call['function'])?.['arguments'])
  const args = text.trim() === '' ? {} : asObject(parseJson(text))
  if (!args) departures.change('arguments that are no JSON object as text')
  return args ?? { arguments: text }
}

/** A result is an object here; one that is none stands under `output`. */
function functionResponse(
  message: JsonObject,
  names: ReadonlyMap<string, string>,
  departures: Departures,
): JsonObject {
  const text = contentParts(message, departures)
    .map(part => asText(part['text']))
    .join('')
  const name = names.get(asText(message['tool_call_id'])) ?? asText(message['name'])
  return { functionResponse: { name, response: asObject(parseJson(text)) ?? { output: text } } }
}
