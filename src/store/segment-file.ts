import { type FileHandle, open, rename } from 'node:fs/promises'
import { type Segment, segmentPath } from './segment-name.ts'

/** A segment being written. Calls must not overlap. */
export interface SegmentFile {
  rows(): number
  /**
   * Appends rows in one write, at an explicit position: after a failure the same rows can be appended again,
   * over the half-written bytes of the first try.
   */
  append(rows: readonly string[]): Promise<void>
  /** Brings it to disk and renames it, so that it can be uploaded. After a failure it can be tried again. */
  seal(): Promise<void>
  /** Lets go of it without sealing; `recoverJournal` seals it later. */
  abandon(): Promise<void>
}

/** Makes the file of a segment; one that exists is never written over. */
export async function openSegmentFile(segment: Segment): Promise<SegmentFile> {
  const path = segmentPath(segment)
  const handle = await open(path, 'wx')
  let bytes = 0
  let rows = 0

  async function append(batch: readonly string[]): Promise<void> {
    const content = Buffer.from(`${batch.join('\n')}\n`)
    await writeAll(handle, content, bytes)
    bytes += content.length
    rows += batch.length
  }

  async function seal(): Promise<void> {
    await handle.truncate(bytes)
    await handle.datasync()
    await rename(path, segmentPath({ ...segment, state: 'sealed' }))
    await handle.close()
  }
  return Object.freeze({ rows: () => rows, append, seal, abandon: () => handle.close() })
}

/** Writes all bytes at a position; a write may take fewer than it was given. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
