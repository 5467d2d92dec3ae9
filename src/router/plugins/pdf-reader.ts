import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PdfJob, PdfResult } from './pdf-worker.ts'

/** Extracts the text of PDF files in a thread of its own, one after the other. */
export interface PdfReader {
  /** The text of each page, or why there is none. Never rejects. */
  read(bytes: Uint8Array): Promise<PdfPages>
  close(): Promise<void>
}

/** Pages, or a sentence that says what was wrong with the file. */
export type PdfPages =
  | { readonly ok: true; readonly pages: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** Bounds of reading. */
export interface PdfReaderOptions {
  /** A file that takes longer is given up, and the thread with it. */
  readonly timeoutMs: number
  /** Files that wait or are read at once; more are refused. */
  readonly maxWaiting: number
}

/** A file that expands to more than this is a trap. */
const threadMemoryMb = 512

/** Makes a reader; its thread starts with the first file. */
export function createPdfReader({ timeoutMs, maxWaiting }: PdfReaderOptions): PdfReader {
  let thread: Worker | null = null
  let waiting = 0
  let jobs = 0
  let previous: Promise<unknown> = Promise.resolve()

  function startThread(): Worker {
    const entry = new URL(`./pdf-worker${extname(import.meta.url)}`, import.meta.url)
    const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb } })
    started.unref()
    return started
  }

  async function stopThread(): Promise<void> {
    const stopped = thread
    thread = null
    await stopped?.terminate()
  }

  async function readNow(bytes: Uint8Array): Promise<PdfPages> {
    jobs += 1
    thread ??= startThread()
    const result = await ask(thread, { job: { id: jobs, bytes }, timeoutMs })
    if (result.ok) return { ok: true, pages: result.pages }
    if (result.isThreadLost) await stopThread()
    return { ok: false, problem: result.error }
  }

  return Object.freeze<PdfReader>({
    read: async bytes => {
      if (waiting >= maxWaiting) return { ok: false, problem: 'too many files are being read' }
      waiting += 1
      const mine = previous.then(() => readNow(bytes))
      previous = mine
      try {
        return await mine
      } finally {
        waiting -= 1
      }
    },
    close: stopThread,
  })
}

type Reply =
  | { readonly ok: true; readonly pages: readonly string[] }
  | { readonly ok: false; readonly error: string; readonly isThreadLost: boolean }

/** Asks the thread once. Resolves when it answers, dies or takes too long. */
function ask(thread: Worker, { job, timeoutMs }: { job: PdfJob; timeoutMs: number }): Promise<Reply> {
  return new Promise(resolve => {
    const settle = (reply: Reply) => {
      clearTimeout(timer)
      thread.off('message', onMessage)
      thread.off('error', onError)
      resolve(reply)
    }
    const onMessage = (result: PdfResult) => {
      if (result.id !== job.id) return
      settle(result.ok ? result : { ok: false, error: result.error, isThreadLost: false })
    }
    // Out of memory, most likely: what is left of the thread is not to be trusted.
    const onError = (error: unknown) =>
      settle({ ok: false, error: error instanceof Error ? error.message : String(error), isThreadLost: true })
    const timer = setTimeout(
      () => settle({ ok: false, error: `reading took longer than ${timeoutMs} ms`, isThreadLost: true }),
      timeoutMs,
    )
    thread.on('message', onMessage)
    thread.on('error', onError)
    thread.postMessage(job)
  })
}
