import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PdfJob, PdfResult } from './pdf-worker.ts'

/** Extracts the text of PDF files in a thread of its own, one after the other, by turns of their callers. */
export interface PdfReader {
  /** The text of each page, or why there is none. Never rejects. */
  read(bytes: Uint8Array, from: PdfSender): Promise<PdfPages>
  close(): Promise<void>
}

/** Whose file it is. */
export interface PdfSender {
  /** Files of one caller wait for each other; callers take turns. */
  readonly callerId: string
  /** Aborts when the caller has gone: a file that waits is not read then. */
  readonly signal: AbortSignal
}

/** Pages, or a sentence that says what was wrong with the file. */
export type PdfPages =
  | { readonly ok: true; readonly pages: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** Bounds of reading. */
export interface PdfReaderOptions {
  /** A file that takes longer is given up, and the thread with it. */
  readonly timeoutMs: number
  /** Files of one caller that wait; more are refused. */
  readonly maxWaiting: number
  /** The thread ends after so long without work, and gives its memory back. */
  readonly idleMs: number
}

interface Waiting extends PdfSender {
  readonly bytes: Uint8Array
  readonly resolve: (pages: PdfPages) => void
}

/** A file that expands to more than this is a trap. */
const threadMemoryMb = 512

/** Makes a reader; its thread starts with the first file. */
export function createPdfReader({ timeoutMs, maxWaiting, idleMs }: PdfReaderOptions): PdfReader {
  /** By caller; the one whose turn is next stands first. */
  const lines = new Map<string, Waiting[]>()
  let thread: Worker | null = null
  let isBusy = false
  let jobs = 0
  let idle: NodeJS.Timeout | undefined

  async function stopThread(): Promise<void> {
    clearTimeout(idle)
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

  async function work(): Promise<void> {
    if (isBusy) return
    isBusy = true
    clearTimeout(idle)
    for (let next = takeTurn(lines); next; next = takeTurn(lines)) {
      next.resolve(next.signal.aborted ? gone : await readNow(next.bytes))
    }
    isBusy = false
    idle = setTimeout(() => void stopThread(), idleMs).unref()
  }

  return Object.freeze<PdfReader>({
    read: (bytes, { callerId, signal }) => {
      const line = lines.get(callerId) ?? []
      if (line.length >= maxWaiting) {
        return Promise.resolve({ ok: false, problem: 'too many of your files wait to be read' })
      }
      return new Promise(resolve => {
        lines.set(callerId, [...line, { bytes, callerId, signal, resolve }])
        void work()
      })
    },
    close: stopThread,
  })
}

const gone: PdfPages = { ok: false, problem: 'the caller has gone' }

function startThread(): Worker {
  const entry = new URL(`./pdf-worker${extname(import.meta.url)}`, import.meta.url)
  const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb } })
  started.unref()
  return started
}

/** Takes the first file of the caller whose turn it is, and puts that caller behind the others. */
function takeTurn(lines: Map<string, Waiting[]>): Waiting | undefined {
  const turn = lines.entries().next()
  if (turn.done) return undefined
  const [callerId, [first, ...rest]] = turn.value
  lines.delete(callerId)
  if (rest.length > 0) lines.set(callerId, rest)
  return first
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
