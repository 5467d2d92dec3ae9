import { createPendingRows } from './pending-rows.ts'
import { openSegmentFile, type SegmentFile } from './segment-file.ts'
import type { Segment } from './segment-name.ts'

/** Appends the rows of one table to segment files. */
export interface SegmentWriter {
  /** Takes a row, without its newline. Never blocks, never throws. */
  append(row: string): void
  /** Resolves when the rows taken so far are on disk, or after one failed try. */
  flush(): Promise<void>
  /** Ends the current segment, so that it can be uploaded. */
  seal(): Promise<void>
  /** Writes what is left, seals, and counts as dropped what the disk refused. */
  close(): Promise<void>
  /** Rows on disk. */
  written(): number
  /** Rows lost: past the memory bound while the disk refuses, or left at `close`. */
  dropped(): number
}

export interface SegmentWriterOptions {
  /** The first segment to write, state `open`. */
  readonly first: Segment
  readonly maxSegmentRows: number
  /** Rows kept in memory while the disk is slow or refuses, in characters. */
  readonly maxPendingChars: number
  /** Wait before trying a disk again that refused. */
  readonly retryMs: number
}

/** Makes a writer. Rows taken in one turn of the event loop leave in one write. */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const pending = createPendingRows(options.maxPendingChars)
  const segments = createSegments(options)
  let scheduled = false
  let closed = false
  let written = 0
  let dropped = 0
  let queue: Promise<void> = Promise.resolve()

  /** One disk operation at a time, in order. `work` never rejects. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work)
    return queue
  }

  function append(row: string): void {
    if (closed || !pending.push(row)) {
      dropped++
      return
    }
    if (scheduled) return
    scheduled = true
    setImmediate(() => void enqueue(drain))
  }

  async function drain(): Promise<void> {
    scheduled = false
    try {
      while (pending.size() > 0) {
        const rows = await segments.append(pending.first(options.maxSegmentRows))
        pending.remove(rows)
        written += rows
      }
    } catch {
      // The disk refuses. The rows stay in memory, bounded; what does not fit is counted.
      retryLater()
    }
  }

  function retryLater(): void {
    if (closed || scheduled) return
    scheduled = true
    setTimeout(() => void enqueue(drain), options.retryMs).unref()
  }

  async function close(): Promise<void> {
    await drain()
    dropped += pending.size()
    pending.remove(pending.size())
    await segments.close()
  }

  return Object.freeze({
    append,
    flush: () => enqueue(drain),
    seal: () => enqueue(drain).then(() => enqueue(() => segments.seal().catch(retryLater))),
    close: () => {
      closed = true
      return enqueue(close)
    },
    written: () => written,
    dropped: () => dropped,
  })
}

interface Segments {
  /** Writes as many of the rows as fit into the current segment; returns how many. */
  append(rows: readonly string[]): Promise<number>
  seal(): Promise<void>
  /** Seals, or leaves the segment open when that fails. */
  close(): Promise<void>
}

function createSegments({ first, maxSegmentRows }: SegmentWriterOptions): Segments {
  let sequence = first.sequence
  let file: SegmentFile | null = null

  async function append(rows: readonly string[]): Promise<number> {
    // Full only when sealing it failed before.
    if (file && file.rows() >= maxSegmentRows) await seal()
    file ??= await openSegmentFile({ ...first, sequence: sequence++ })
    const batch = rows.slice(0, maxSegmentRows - file.rows())
    await file.append(batch)
    // The rows are on disk whether or not sealing works.
    if (file.rows() >= maxSegmentRows) await seal().catch(() => {})
    return batch.length
  }

  async function seal(): Promise<void> {
    if (!file || file.rows() === 0) return
    await file.seal()
    file = null
  }

  async function close(): Promise<void> {
    await seal().catch(() => {
      // The segment stays open on disk; the next start recovers it.
    })
    await file?.abandon().catch(() => {})
  }
  return { append, seal, close }
}
