import { isObject, type JsonObject } from '../core/index.ts'

/** How many images the messages of a chat request carry; a provider may take a fee for each. Pure. */
export function imagesIn(body: JsonObject): number {
  const messages = Array.isArray(body['messages']) ? body['messages'] : []
  return messages.flatMap(partsOf).filter(part => isObject(part) && part['type'] === 'image_url').length
}

function partsOf(message: unknown): readonly unknown[] {
  const content = isObject(message) ? message['content'] : null
  return Array.isArray(content) ? content : []
}
