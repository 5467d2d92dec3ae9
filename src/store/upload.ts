import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { messageOf, UserError } from '../core/index.ts'
import { hasCode } from './has-code.ts'
import { listSegments, type Segment, segmentPath } from './segment-name.ts'
import { splitSegment } from './split-segment.ts'
import type { Store } from './store.ts'
import { isContentError } from './store-errors.ts'

export interface UploadOptions {
  /** Journal folder. */
  readonly dir: string
  readonly store: Store
  /** Aborting is safe at any point: what was under way is sent again next time, and kept once. */
  readonly signal?: AbortSignal
  /** Called with the rows of each segment as it is in the store. */
  readonly onSegment?: (rows: number) => void
}

/** What one upload moved. */
export interface Uploaded {
  readonly segments: number
  readonly rows: number
}

interface Content {
  readonly sha256: string
  readonly rows: number
}

/**
 * Sends every sealed segment of a journal to the store, each as one insert, and marks it uploaded.
 *
 * The insert carries a token made from the table and the content, so a segment that was sent but not yet
 * marked, by this process or another, is not stored twice. Of a segment that the store refuses for a value in it,
 * the other rows are stored and the refused rows put aside in `<segment>.refused.ndjson`. Segments that the store
 * refuses for another reason stay sealed and do not hold up the others.
 *
 * @throws UserError E_STORE_UNREACHABLE at the first segment nothing answers for, E_STORE_SCHEMA (or what the
 *   store said) after the others when it refused some; the signal's reason when aborted. Nothing is lost.
 */
export async function uploadJournal(options: UploadOptions): Promise<Uploaded> {
  const { dir, store, signal, onSegment = () => {} } = options
  const sealed = (await listSegments(dir)).filter(({ state }) => state === 'sealed')
  const refusals: Refusal[] = []
  let segments = 0
  let rows = 0
  for (const segment of sealed) {
    signal?.throwIfAborted()
    try {
      const { sent, refusal } = await uploadSegment(segment, store, signal)
      if (refusal) refusals.push(refusal)
      onSegment(sent)
      rows += sent
      segments++
    } catch (error) {
      signal?.throwIfAborted()
      // The file is gone: another uploader has sent and marked it.
      if (hasCode(error, 'ENOENT')) continue
      if (error instanceof UserError && error.code === 'E_STORE_UNREACHABLE') throw error
      refusals.push({ path: segmentPath(segment), error })
    }
  }
  if (refusals.length > 0) throw refused(refusals)
  return { segments, rows }
}

/** Where refused rows are, and why. */
interface Refusal {
  readonly path: string
  readonly error: unknown
}

interface Sent {
  readonly sent: number
  readonly refusal: Refusal | null
}

async function uploadSegment(segment: Segment, store: Store, signal?: AbortSignal): Promise<Sent> {
  const path = segmentPath(segment)
  const result = await sendWholeOrSplit(segment, store, signal)
  await rename(path, segmentPath({ ...segment, state: 'uploaded' }))
  return result
}

async function sendWholeOrSplit(segment: Segment, store: Store, signal?: AbortSignal): Promise<Sent> {
  const path = segmentPath(segment)
  const { sha256, rows } = await contentOf(path)
  const token = `${segment.table}:${sha256}`
  try {
    await store.insertSegment({ table: segment.table, path, token, ...(signal && { signal }) })
    return { sent: rows, refusal: null }
  } catch (error) {
    if (!isContentError(error)) throw error
  }
  const split = await splitSegment(segment, store, signal)
  if (split.refusedRows === 0) return { sent: split.rows, refusal: null }
  const error = new Error(`${split.refusedRows} row(s) put aside: ${split.reason}`)
  return { sent: split.rows, refusal: { path: split.refusedPath, error } }
}

async function contentOf(path: string): Promise<Content> {
  const hash = createHash('sha256')
  let rows = 0
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 256 * 1024 })
  for await (const bytes of chunks) {
    hash.update(bytes)
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) rows++
  }
  return { sha256: hash.digest('hex'), rows }
}

function refused(refusals: readonly Refusal[]): UserError {
  const first = refusals[0]?.error
  const known = first instanceof UserError ? first : null
  return new UserError(
    `the store refused rows of ${refusals.length} journal segment(s): ${messageOf(first).trim()}`,
    {
      code: 'E_STORE_SCHEMA',
      hint:
        known?.hint ??
        'They stay in the journal folder, in the files named; correct the cause and load them again.',
      problems: refusals.map(({ path, error }) => `${path}: ${messageOf(error).trim()}`),
      cause: first,
    },
  )
}
