import { countOf, type Numeric } from './column-values.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql } from './record-sql.ts'
import type { Timeline } from './run-summary.ts'

interface TimeRow {
  readonly first_us: Numeric
  readonly last_us: Numeric
  readonly start_us: Numeric
}

/** When the measured requests of a run were sent, and from when its seconds count. Epoch microseconds; 0 without any. */
export interface MeasuredTime {
  readonly zero: Timeline['zero']
  readonly zeroUs: number
  readonly lastUs: number
}

const sql = `WITH ${measuredSql}
SELECT toUnixTimestamp64Micro(min(ts)) AS first_us, toUnixTimestamp64Micro(max(ts)) AS last_us,
  (SELECT toUnixTimestamp64Micro(argMax(started_at, version)) FROM runs WHERE run_id = {run_id:String}) AS start_us
FROM measured`

/** Reads the zero of every axis of time: the start of the run, or where that is not known the first request. */
export async function readMeasuredTime(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<MeasuredTime> {
  const [row] = await reader.query<TimeRow>(sql, params)
  const firstUs = countOf(row?.first_us)
  const startUs = countOf(row?.start_us)
  const isStartKnown = startUs > 0 && startUs <= firstUs
  return {
    zero: isStartKnown ? 'run_start' : 'first_request',
    zeroUs: isStartKnown ? startUs : firstUs,
    lastUs: countOf(row?.last_us),
  }
}
