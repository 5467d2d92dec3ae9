import { open, rename, rm } from 'node:fs/promises'
import { listSegments, type Segment, segmentPath } from './segment-name.ts'
import { isWriterAlive, writerLockPath } from './writer-lock.ts'

/** What a recovery did. */
export interface Recovery {
  /** Segments sealed. */
  readonly segments: number
  /** Segments whose half-written last line was cut off. */
  readonly cutLines: number
}

/**
 * Seals the segments that dead processes left open, so that they can be uploaded. A last line without its end
 * was never whole and is cut. Segments of running writers are left alone.
 *
 * @param ownWriter A name whose lock the caller holds: its open segments are leftovers too.
 */
export async function recoverJournal(dir: string, ownWriter?: string): Promise<Recovery> {
  const leftovers = (await listSegments(dir)).filter(({ state }) => state === 'open')
  const writers = [...new Set(leftovers.map(({ writer }) => writer))]
  let segments = 0
  let cutLines = 0
  for (const writer of writers) {
    if (writer !== ownWriter && (await isWriterAlive(dir, writer))) continue
    for (const segment of leftovers.filter(one => one.writer === writer)) {
      const result = await sealLeftover(segment)
      segments += result.rows ? 1 : 0
      cutLines += result.cut ? 1 : 0
    }
    if (writer !== ownWriter) await rm(writerLockPath(dir, writer), { force: true })
  }
  return { segments, cutLines }
}

async function sealLeftover(segment: Segment): Promise<{ rows: boolean; cut: boolean }> {
  const path = segmentPath(segment)
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const end = await lastLineEnd(file, size)
    if (end < size) await file.truncate(end)
    await file.datasync()
    await (end === 0 ? rm(path) : rename(path, segmentPath({ ...segment, state: 'sealed' })))
    return { rows: end > 0, cut: end < size }
  } finally {
    await file.close()
  }
}

/** Position after the last newline; 0 when there is none. Reads backwards, block by block. */
async function lastLineEnd(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number> {
  const block = Buffer.alloc(64 * 1024)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length)
    const { bytesRead } = await file.read(block, 0, end - start, start)
    const index = block.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (index >= 0) return start + index + 1
    end = start
  }
  return 0
}
