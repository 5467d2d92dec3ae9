import type { JsonObject } from '../../core/index.ts'
import { readDataUrl } from '../data-url.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject, asText } from '../json.ts'

/**
 * The content of a message as blocks, with its cache marks; a mark of the whole message is one of its last block. Empty
 * texts are left out, since the API refuses them. Pure but for the departures it notes.
 */
export function contentBlocks(message: JsonObject, departures: Departures): readonly JsonObject[] {
  const { content, cache_control: mark } = message as { readonly [name: string]: unknown }
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : asArray(content)
  const blocks = parts.flatMap(part => blockOf(asObject(part) ?? {}, departures))
  const last = blocks.at(-1)
  return mark === undefined || !last ? blocks : [...blocks.slice(0, -1), { cache_control: mark, ...last }]
}

function blockOf(part: JsonObject, departures: Departures): readonly JsonObject[] {
  const { cache_control: mark } = part
  const marked = (block: JsonObject) => [mark === undefined ? block : { ...block, cache_control: mark }]
  switch (part['type']) {
    case 'text':
      return textBlock(asText(part['text'])).flatMap(marked)
    case 'refusal':
      return textBlock(asText(part['refusal'])).flatMap(marked)
    case 'image_url':
      return marked(imageBlock(asObject(part['image_url']) ?? {}, departures))
    case 'file':
      return fileBlock(asObject(part['file']) ?? {}, departures).flatMap(marked)
    case 'input_audio':
    case 'video_url':
      departures.leaveOut(`content of type ${part['type']}`)
      return []
    default:
      // Blocks of Anthropic's own, such as documents, may be used as they are.
      return [part]
  }
}

function textBlock(text: string): readonly JsonObject[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function imageBlock({ url, detail }: JsonObject, departures: Departures): JsonObject {
  if (detail !== undefined && detail !== 'auto') departures.leaveOut('detail of an image')
  return { type: 'image', source: sourceOf(asText(url)) }
}

function fileBlock(file: JsonObject, departures: Departures): readonly JsonObject[] {
  const data = asText(file['file_data'])
  if (data === '') {
    departures.leaveOut('a file without its data')
    return []
  }
  const title = asText(file['filename'])
  return [{ type: 'document', source: sourceOf(data), ...(title !== '' && { title }) }]
}

/** Bytes in a data URL, or an address to fetch. */
function sourceOf(url: string): JsonObject {
  const inline = readDataUrl(url)
  return inline ? { type: 'base64', media_type: inline.mimeType, data: inline.base64 } : { type: 'url', url }
}
