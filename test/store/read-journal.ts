import { readFile } from 'node:fs/promises'
import { listSegments, type Segment, segmentPath } from '../../src/store/index.ts'

/** Every row of a journal's segments of one table, in order. Throws when a line is not whole. */
export async function readRows(
  dir: string,
  table: Segment['table'],
  states: readonly Segment['state'][] = ['sealed'],
): Promise<readonly Record<string, unknown>[]> {
  const segments = (await listSegments(dir)).filter(one => one.table === table && states.includes(one.state))
  const texts = await Promise.all(segments.map(one => readFile(segmentPath(one), 'utf8')))
  return texts
    .join('')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}
