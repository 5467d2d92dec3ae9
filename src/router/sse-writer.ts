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
  /** Whether status 200 has gone out. */
  hasBegun(): boolean
  sent(): Sent
}

/** Collaborators of one writer. */
export interface SseWriterOptions {
  readonly res: ServerResponse
  readonly clock: Clock
  readonly settings: RouterSettings
  /** The caller does not read what it is sent; the request is to be given up. */
  readonly onStuck: () => void
}

/** Makes a writer and starts its keep-alive comments. Writes to a closed connection are dropped. */
export function createSseWriter({ res, clock, settings, onStuck }: SseWriterOptions): SseWriter {
  const over = new AbortController()
  let lastWriteNs = clock.monoNs()
  let longestWrite = 0
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
    res.write(text)
    // Back-pressure is a bound, not a pause: the exchange with the upstream cannot be slowed down, so a caller
    // that does not read is cut off before its answer fills the memory.
    // One long event is not the caller's doing: it comes on top of the bound.
    longestWrite = Math.max(longestWrite, Buffer.byteLength(text))
    if (res.writableLength - longestWrite > settings.maxUnsentBytes) onStuck()
    return lastWriteNs
  }

  void keepAlive({
    clock,
    firstMs: settings.keepAliveFirstMs,
    everyMs: settings.keepAliveEveryMs,
    signal: over.signal,
    lastWriteNs: () => lastWriteNs,
    sendComment: () => {
      const atNs = write(': OPENROUTER PROCESSING\n\n')
      firstCommentNs ??= atNs
    },
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
    hasBegun: () => headNs !== null,
    sent: () => ({ status: headNs === null ? 0 : res.statusCode, headNs, firstByteNs, firstCommentNs }),
  })
}
