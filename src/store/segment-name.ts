import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './has-code.ts'
import { type StoreTable, storeTables } from './tables.ts'

/** `open`: being written. `sealed`: complete, to be uploaded. `uploaded`: in the store, kept to be read. */
type SegmentState = 'open' | 'sealed' | 'uploaded'

/** A file of JSON rows of one table, written by one process. */
export interface Segment {
  readonly dir: string
  readonly writer: string
  readonly table: StoreTable
  readonly sequence: number
  readonly state: SegmentState
}

const suffixes: Readonly<Record<SegmentState, string>> = {
  open: '.open.ndjson',
  sealed: '.ndjson',
  uploaded: '.uploaded.ndjson',
}

const pattern = new RegExp(`^(.+)-(${storeTables.join('|')})-(\\d+)(\\.open|\\.uploaded)?\\.ndjson$`)

/** `<dir>/<writer>-<table>-<sequence>.<state>.ndjson`, with the sequence padded so that names sort by age. */
export function segmentPath({ dir, writer, table, sequence, state }: Segment): string {
  return join(dir, `${writer}-${table}-${String(sequence).padStart(6, '0')}${suffixes[state]}`)
}

/** The segment a file name means; null for other files. */
function parseSegmentName(dir: string, name: string): Segment | null {
  const match = pattern.exec(name)
  const table = storeTables.find(one => one === match?.[2])
  if (!match || !table) return null
  const [, writer = '', , sequence = '', mark] = match
  return { dir, writer, table, sequence: Number(sequence), state: stateOf(mark) }
}

/** Every segment of a journal folder, sorted by name; none when the folder is missing. */
export async function listSegments(dir: string): Promise<readonly Segment[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  return names
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map(name => parseSegmentName(dir, name))
    .filter(segment => segment !== null)
}

function stateOf(mark: string | undefined): SegmentState {
  if (mark === '.open') return 'open'
  return mark === '.uploaded' ? 'uploaded' : 'sealed'
}
