import type { Catalog } from '../../catalog/index.ts'
import type { JsonObject } from '../../core/index.ts'
import { apiError } from '../api-error.ts'
import type { ChatRequest, ChatRequestResult } from '../chat-request.ts'
import { compressContext } from './compress-context.ts'
import type { PdfReader } from './pdf-reader.ts'
import type { PipelineStage } from './pipeline-stage.ts'
import { replacePdfs } from './replace-pdfs.ts'

/** What plugins that change a request work with. */
export interface ApplyPluginsOptions {
  readonly catalog: Catalog
  readonly pdf: PdfReader
  /** Whose files they are: one caller's wait for each other, not for those of others. */
  readonly callerId: string
  /** Aborts when the caller has gone: then nothing more is read for it. */
  readonly signal: AbortSignal
  /** Reads a changed body like one that came in. */
  readonly parse: (body: JsonObject) => ChatRequestResult
}

/**
 * Does to a request what its plugins ask for before it is routed: PDF text, then context compression. What was done is in
 * `pipeline`; the hashes stay those of the body as it came.
 */
export async function applyPlugins(
  request: ChatRequest,
  options: ApplyPluginsOptions,
): Promise<ChatRequestResult> {
  const withText = request.plugins.pdfText ? await withPdfText(request, options) : done(request)
  if (!withText.ok || !request.plugins.compression) return withText
  const { body, stage } = compressContext(withText.request.body, {
    inputTokens: roomFor(withText.request, options.catalog),
  })
  return stage ? changed(withText.request, { body, stage, options }) : withText
}

async function withPdfText(request: ChatRequest, options: ApplyPluginsOptions): Promise<ChatRequestResult> {
  const replaced = await replacePdfs(request.body, bytes => options.pdf.read(bytes, options))
  if (replaced.ok) {
    const { body, stage } = replaced
    return stage ? changed(request, { body, stage, options }) : done(request)
  }
  const { requestedModels, stream } = request
  return {
    ok: false,
    error: apiError('invalid_request', replaced.problem),
    model: requestedModels[0] ?? '',
    stream,
  }
}

interface Change {
  readonly body: JsonObject
  readonly stage: PipelineStage
  readonly options: ApplyPluginsOptions
}

function changed(request: ChatRequest, { body, stage, options }: Change): ChatRequestResult {
  const parsed = options.parse(body)
  if (!parsed.ok) return parsed
  const { promptHash, prefixHash, pipeline } = request
  return done({ ...parsed.request, promptHash, prefixHash, pipeline: [...pipeline, stage] })
}

function done(request: ChatRequest): ChatRequestResult {
  return { ok: true, request }
}

/** Input tokens that the roomiest candidate endpoint takes beside the longest answer the request allows. */
function roomFor({ route }: ChatRequest, catalog: Catalog): number {
  const endpoints = route.models.flatMap(({ modelId }) => catalog.models.get(modelId)?.endpoints ?? [])
  const roomiest = Math.max(0, ...endpoints.map(({ contextTokens }) => contextTokens))
  return Math.max(0, roomiest - (route.maxOutputTokens ?? 0))
}
