import type { JsonObject } from '../../core/index.ts'
import { asObject, asText } from '../json.ts'

/** What OpenRouter calls the form of Gemini's reasoning details. */
export const reasoningFormat = 'google-gemini-v1'

/** A part's signature as a detail that callers send back unread; `id` is that of the call it vouches for. */
export function signatureDetail(signature: string, id: string | null): JsonObject {
  return {
    type: 'reasoning.encrypted',
    data: signature,
    format: reasoningFormat,
    index: 0,
    ...(id !== null && { id }),
  }
}

/** The id of a function call: Gemini's own, else one made of its place. */
export function callId(call: JsonObject, place: number, responseId: string): string {
  return asText(call['id']) || `call_${responseId}_${place}`
}

/** Bytes that came with an answer, as OpenRouter shows pictures; null: none, or of another kind. */
export function pictureOf(part: JsonObject): JsonObject | null {
  const data = asObject(part['inlineData'])
  const type = asText(data?.['mimeType'])
  if (!data || !type.startsWith('image/')) return null
  return { type: 'image_url', image_url: { url: `data:${type};base64,${asText(data['data'])}` } }
}
