import type { ServerResponse } from 'node:http'
import type { Clock, JsonObject } from '../core/index.ts'
import { keepAlive } from './keep-alive.ts'
import type { Sent } from './reply.ts'
import type { RouterSettings } from './settings.ts'

/** Writes one event stream; the head goes out with the first thing written. */
export interface SseWriter {
  chunk(data: JsonObject): void
  /** Writes a comment, which parsers skip; `text` is one line. */
  comment(text: string): void
  /** Writes `[DONE]` and ends the stream. */
  done(): void
  /** Stops the keep-alive comments. */
  quiet(): void
  /** What to wait for before more is written, since the caller reads more slowly than that; null: nothing. */
  whenTaken(): Promise<void> | null
  /** Whether status 200 has gone out. */
  hasBegun(): boolean
  sent(): Sent
}

/** Collaborators of one writer. */
export interface SseWriterOptions {
  readonly res: ServerResponse
  readonly clock: Clock
  readonly settings: RouterSettings
}

/** Makes a writer and starts its keep-alive comments. Writes to a closed connection are dropped. */
export function createSseWriter({ res, clock, settings }: SseWriterOptions): SseWriter {
  const over = new AbortController()
  let lastWriteNs = clock.monoNs()
  let taken: Promise<void> | null = null
  let headNs: number | null = null
  let firstByteNs: number | null = null
  let firstCommentNs: number | null = null

  function write(text: string): number {
    lastWriteNs = clock.monoNs()
    if (res.destroyed) return lastWriteNs
    if (headNs === null) {
      headNs = lastWriteNs
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    }
    // Only where Node says that its buffer is full does it tell when it is empty again.
    const isFull = !res.write(text) && res.writableLength >= settings.maxUnsentBytes
    if (isFull) taken ??= untilTaken()
    return lastWriteNs
  }

  async function untilTaken(): Promise<void> {
    await emptied(res)
    taken = null
  }

  function sendComment(): void {
    // A caller that has not read what it was sent learns nothing from a comment behind it.
    if (res.writableNeedDrain) {
      lastWriteNs = clock.monoNs()
      return
    }
    const atNs = write(': OPENROUTER PROCESSING\n\n')
    firstCommentNs ??= atNs
  }

  void keepAlive({
    clock,
    firstMs: settings.keepAliveFirstMs,
    everyMs: settings.keepAliveEveryMs,
    signal: over.signal,
    lastWriteNs: () => lastWriteNs,
    sendComment,
  })

  return Object.freeze<SseWriter>({
    chunk: data => {
      const atNs = write(`data: ${JSON.stringify(data)}\n\n`)
      firstByteNs ??= atNs
    },
    comment: text => {
      write(`: ${text}\n\n`)
    },
    done: () => {
      over.abort()
      write('data: [DONE]\n\n')
      res.end()
    },
    quiet: () => over.abort(),
    whenTaken: () => taken,
    hasBegun: () => headNs !== null,
    sent: () => ({ status: headNs === null ? 0 : res.statusCode, headNs, firstByteNs, firstCommentNs }),
  })
}

/** Resolves when everything that was written has gone out, or the connection is gone. */
function emptied(res: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      res.off('drain', done).off('close', done)
      resolve()
    }
    res.once('drain', done).once('close', done)
  })
}
