import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { messageOf } from '../core/index.ts'
import { type Segment, segmentPath } from './segment-name.ts'
import type { Store } from './store.ts'
import { isContentError } from './store-errors.ts'

/** What became of a segment that the store refused as a whole. */
export interface SplitSegment {
  /** Rows that are in the store now. */
  readonly rows: number
  /** File with the rows that the store refuses. */
  readonly refusedPath: string
  readonly refusedRows: number
  /** What the store said to the first of them. */
  readonly reason: string
}

interface Refused {
  readonly row: Uint8Array
  readonly reason: string
}

/**
 * Stores the rows of a segment that the store refused for its content, halving it until the rows that are to blame
 * stand alone; those are written to `<segment>.refused.ndjson`. Halves have tokens from their content and are cut
 * the same way each time, so that a split which was interrupted can be done again.
 */
export async function splitSegment(
  segment: Segment,
  store: Store,
  signal?: AbortSignal,
): Promise<SplitSegment> {
  const path = segmentPath(segment)
  const content = await readFile(path)
  const starts = lineStarts(content)

  async function insert(first: number, end: number): Promise<readonly Refused[]> {
    signal?.throwIfAborted()
    const range = { start: starts[first] ?? 0, end: starts[end] ?? content.length }
    const bytes = content.subarray(range.start, range.end)
    const token = `${segment.table}:${createHash('sha256').update(bytes).digest('hex')}`
    try {
      await store.insertSegment({ table: segment.table, path, token, range, ...(signal && { signal }) })
      return []
    } catch (error) {
      if (!isContentError(error)) throw error
      if (end - first === 1) return [{ row: bytes, reason: messageOf(error).trim() }]
    }
    const middle = Math.ceil((first + end) / 2)
    return [...(await insert(first, middle)), ...(await insert(middle, end))]
  }

  const refused = await insert(0, starts.length)
  const refusedPath = path.replace(/\.ndjson$/, '.refused.ndjson')
  if (refused.length > 0) await writeFile(refusedPath, Buffer.concat(refused.map(({ row }) => row)))
  return {
    rows: starts.length - refused.length,
    refusedPath,
    refusedRows: refused.length,
    reason: refused[0]?.reason ?? '',
  }
}

function lineStarts(content: Buffer): readonly number[] {
  const starts: number[] = []
  for (let at = 0; at < content.length; ) {
    starts.push(at)
    const end = content.indexOf(0x0a, at)
    at = end < 0 ? content.length : end + 1
  }
  return starts
}
