// The facts: one row per request, per attempt and per run, each column with type, unit and meaning,
// and what an answer cost. Pure: rows are made here, never stored or measured here.
export type { AttemptRecord } from './attempt-columns.ts'
export type { Columns } from './column.ts'
export { type Cost, costOf } from './cost.ts'
export { recordsMarkdown } from './markdown.ts'
export type { Fault, OutcomeName, Phase } from './names.ts'
export type { RequestRecord } from './request-columns.ts'
export type { RunRecord } from './run-columns.ts'
export type { RecordSink } from './sink.ts'
export type { SpanRow } from './span.ts'
export { encodeAttempt, encodeRequest, encodeRun, recordTables, schemaVersion } from './tables.ts'
export type { Usage } from './usage.ts'
