import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { messageOf, UserError } from '../core/index.ts'
import { hasCode } from './has-code.ts'
import { listSegments, type Segment, segmentPath } from './segment-name.ts'
import type { Store } from './store.ts'

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
 * marked, by this process or another, is not stored twice. Segments that the store refuses stay sealed and do
 * not hold up the others.
 *
 * @throws UserError E_STORE_UNREACHABLE at the first segment nothing answers for, E_STORE_SCHEMA (or what the
 *   store said) after the others when it refused some; the signal's reason when aborted. Nothing is lost.
 */
export async function uploadJournal(options: UploadOptions): Promise<Uploaded> {
  const { dir, store, signal, onSegment = () => {} } = options
  const sealed = (await listSegments(dir)).filter(({ state }) => state === 'sealed')
  const refusals: { readonly path: string; readonly error: unknown }[] = []
  let segments = 0
  let rows = 0
  for (const segment of sealed) {
    signal?.throwIfAborted()
    try {
      const sent = await uploadSegment(segment, store, signal)
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

async function uploadSegment(segment: Segment, store: Store, signal?: AbortSignal): Promise<number> {
  const path = segmentPath(segment)
  const { sha256, rows } = await contentOf(path)
  await store.insertSegment({
    table: segment.table,
    path,
    token: `${segment.table}:${sha256}`,
    ...(signal && { signal }),
  })
  await rename(path, segmentPath({ ...segment, state: 'uploaded' }))
  return rows
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

function refused(refusals: readonly { readonly path: string; readonly error: unknown }[]): UserError {
  const first = refusals[0]?.error
  const known = first instanceof UserError ? first : null
  return new UserError(
    `the store refused ${refusals.length} journal segment(s): ${messageOf(first).trim()}`,
    {
      code: 'E_STORE_SCHEMA',
      hint: known?.hint ?? 'The segments stay in the journal; correct the cause and load them again.',
      problems: refusals.map(({ path, error }) => `${path}: ${messageOf(error).trim()}`),
      cause: first,
    },
  )
}
