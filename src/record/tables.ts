import { type AttemptRecord, attemptColumns } from './attempt-columns.ts'
import type { Column, Json } from './column.ts'
import { type EndpointStateRecord, endpointStateColumns } from './endpoint-state-columns.ts'
import { type RequestRecord, requestColumns } from './request-columns.ts'
import { type RunRecord, runColumns } from './run-columns.ts'

/** Version of the record tables, written into every row. */
export const schemaVersion = 3

/** The tables that records go to, by name. */
export const recordTables = {
  requests: requestColumns,
  attempts: attemptColumns,
  runs: runColumns,
  endpoint_states: endpointStateColumns,
}

/** Makes the encoder of one table: a row in, one JSON object out. */
function encoderOf<Row extends object>(columns: Readonly<Record<keyof Row, Column<never>>>) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Row and columns are derived from one table
  const encoders = Object.entries(columns) as [keyof Row & string, { encode: (value: unknown) => Json }][]
  return (row: Row): string => {
    const values: Record<string, Json> = {}
    for (const [name, { encode }] of encoders) values[name] = encode(row[name])
    return JSON.stringify(values)
  }
}

/** One JSON row (no newline) for table `requests`. Pure; about 5 µs. */
export const encodeRequest: (row: RequestRecord) => string = encoderOf<RequestRecord>(requestColumns)
/** One JSON row (no newline) for table `attempts`. Pure. */
export const encodeAttempt: (row: AttemptRecord) => string = encoderOf<AttemptRecord>(attemptColumns)
/** One JSON row (no newline) for table `runs`. Pure. */
export const encodeRun: (row: RunRecord) => string = encoderOf<RunRecord>(runColumns)
/** One JSON row (no newline) for table `endpoint_states`. Pure. */
export const encodeEndpointState: (row: EndpointStateRecord) => string =
  encoderOf<EndpointStateRecord>(endpointStateColumns)
