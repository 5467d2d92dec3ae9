import type { recordTables } from '../record/index.ts'

/** Tables that journal segments go to. */
export type StoreTable = keyof typeof recordTables | 'otel_traces'

/** The record tables and the span table, by name. */
export const storeTables: readonly StoreTable[] = [
  'requests',
  'attempts',
  'runs',
  'endpoint_states',
  'otel_traces',
]
