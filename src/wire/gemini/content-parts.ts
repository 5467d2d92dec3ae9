import type { JsonObject } from '../../core/index.ts'
import { readDataUrl } from '../data-url.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject, asText } from '../json.ts'

/** The content of a message as parts. Cache marks have no place here; empty texts say nothing. */
export function contentParts(message: JsonObject, departures: Departures): readonly JsonObject[] {
  const { content, refusal } = message as { readonly [name: string]: unknown }
  noteMark(message, departures)
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : asArray(content)
  return [...parts.flatMap(part => partsOf(asObject(part) ?? {}, departures)), ...textPart(refusal)]
}

function partsOf(part: JsonObject, departures: Departures): readonly JsonObject[] {
  noteMark(part, departures)
  switch (part['type']) {
    case 'text':
      return textPart(part['text'])
    case 'refusal':
      return textPart(part['refusal'])
    case 'image_url':
      return [imagePart(asObject(part['image_url']) ?? {}, departures)]
    case 'video_url':
      return [mediaPart(asText(asObject(part['video_url'])?.['url']), 'video/mp4')]
    case 'input_audio':
      return [audioPart(asObject(part['input_audio']) ?? {})]
    case 'file':
      return filePart(asText(asObject(part['file'])?.['file_data']), departures)
    default:
      // Parts of Gemini's own may be used as they are.
      return [part]
  }
}

function noteMark({ cache_control: mark }: JsonObject, departures: Departures): void {
  if (mark !== undefined) departures.leaveOut('cache_control')
}

function textPart(text: unknown): readonly JsonObject[] {
  return asText(text) === '' ? [] : [{ text }]
}

function audioPart({ data, format }: JsonObject): JsonObject {
  return { inlineData: { mimeType: `audio/${asText(format) || 'wav'}`, data } }
}

function imagePart({ url, detail }: JsonObject, departures: Departures): JsonObject {
  if (detail !== undefined && detail !== 'auto') departures.leaveOut('detail of an image')
  return mediaPart(asText(url), 'image/jpeg')
}

function filePart(data: string, departures: Departures): readonly JsonObject[] {
  if (data !== '') return [mediaPart(data, 'application/pdf')]
  departures.leaveOut('a file without its data')
  return []
}

/** Types by the ending of an address, where the API wants to be told one. */
const typeByEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
}

/** Bytes in a data URL, or an address to fetch. */
function mediaPart(url: string, usualType: string): JsonObject {
  const inline = readDataUrl(url)
  if (inline) return { inlineData: { mimeType: inline.mimeType, data: inline.base64 } }
  const ending = /\.(\w+)(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? ''
  const mimeType = Object.hasOwn(typeByEnding, ending) ? typeByEnding[ending] : usualType
  return { fileData: { mimeType, fileUri: url } }
}
