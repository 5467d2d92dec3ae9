import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../../wire/index.ts'
import type { PdfPages } from './pdf-reader.ts'
import type { PipelineStage } from './pipeline-stage.ts'

/** A body without PDF files, or what is wrong with one of them. */
export type ReplacePdfsResult =
  | { readonly ok: true; readonly body: JsonObject; readonly stage: PipelineStage | null }
  | { readonly ok: false; readonly problem: string }

/** Reads one file. */
type ReadPdf = (bytes: Uint8Array) => Promise<PdfPages>

const mostFiles = 20
const dataUrl = /^data:application\/pdf;base64,/i

/**
 * Replaces every `file` part that holds a PDF as a data URL by a text part with its text, page by page. Files by other
 * addresses are refused: this router fetches nothing on behalf of a caller.
 */
export async function replacePdfs(body: JsonObject, read: ReadPdf): Promise<ReplacePdfsResult> {
  const messages = asArray(body['messages'])
  const parts = messages.flatMap(message => asArray(asObject(message)?.['content'])).filter(isFile)
  if (parts.length === 0) return { ok: true, body, stage: null }
  if (parts.length > mostFiles) return { ok: false, problem: `messages: more than ${mostFiles} files` }
  const texts = new Map<unknown, JsonObject>()
  const summaries: JsonObject[] = []
  for (const part of parts) {
    const file = await textOf(part, read)
    if (!file.ok) return file
    texts.set(part, { type: 'text', text: file.text })
    summaries.push(file.summary)
  }
  const replaced = messages.map(message => replaceParts(message, texts))
  return { ok: true, body: { ...body, messages: replaced }, stage: stageOf(summaries) }
}

function stageOf(files: readonly JsonObject[]): PipelineStage {
  return {
    type: 'plugin',
    name: 'file-parser',
    summary: `extracted the text of ${files.length} PDF ${files.length === 1 ? 'file' : 'files'}`,
    data: { engine: 'pdf-text', files },
  }
}

type TextResult =
  | { readonly ok: true; readonly text: string; readonly summary: JsonObject }
  | { readonly ok: false; readonly problem: string }

async function textOf(part: JsonObject, read: ReadPdf): Promise<TextResult> {
  const file = asObject(part['file']) ?? {}
  const name = asText(file['filename']) || 'document.pdf'
  const data = asText(file['file_data'])
  if (!dataUrl.test(data)) {
    return {
      ok: false,
      problem: `file ${JSON.stringify(name.slice(0, 100))}: expected file_data with data:application/pdf;base64,…`,
    }
  }
  const bytes = Buffer.from(data.replace(dataUrl, ''), 'base64')
  const hash = createHash('sha256').update(bytes).digest('hex')
  const result = await read(new Uint8Array(bytes))
  if (!result.ok)
    return { ok: false, problem: `file ${JSON.stringify(name.slice(0, 100))}: ${result.problem}` }
  const text = result.pages.join('\n\n')
  return {
    ok: true,
    text: `<file name=${JSON.stringify(name)}>\n${text}\n</file>`,
    summary: { hash, pages: result.pages.length, characters: text.length },
  }
}

function isFile(part: unknown): part is JsonObject {
  return asObject(part)?.['type'] === 'file'
}

function replaceParts(message: unknown, texts: ReadonlyMap<unknown, JsonObject>): unknown {
  const fields = asObject(message)
  const content = fields?.['content']
  return Array.isArray(content)
    ? { ...fields, content: content.map(part => texts.get(part) ?? part) }
    : message
}
