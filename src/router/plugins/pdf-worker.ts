import { parentPort } from 'node:worker_threads'
import { extractText, getDocumentProxy } from 'unpdf'

// A thread of its own: reading a large PDF takes seconds, during which a router would stand still.

/** What the thread is asked. */
export interface PdfJob {
  readonly id: number
  readonly bytes: Uint8Array
}

/** What it answers; `error` is a sentence of the PDF library. */
export type PdfResult =
  | { readonly id: number; readonly ok: true; readonly pages: readonly string[] }
  | { readonly id: number; readonly ok: false; readonly error: string }

/** More is no document to ask about, but work for hours. */
const mostPages = 1000

async function read({ id, bytes }: PdfJob): Promise<PdfResult> {
  try {
    const document = await getDocumentProxy(bytes)
    if (document.numPages > mostPages) return { id, ok: false, error: `more than ${mostPages} pages` }
    const { text } = await extractText(document, { mergePages: false })
    return { id, ok: true, pages: text }
  } catch (error) {
    return { id, ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (job: PdfJob) => {
  void read(job).then(result => parentPort?.postMessage(result))
})
