// The facts: one row per request, attempt, run and change of an endpoint's state, each column with type, unit and meaning,
// and what an answer cost. Pure: rows are made here, never stored or measured here.
export type { AttemptRecord } from './attempt-columns.ts'
export type { Columns } from './column.ts'
export { type ChargedAnswer, chargeOf } from './charge.ts'
export { type Cost, type CostContext, costOf, type CostResult, type CostUnknownReason } from './cost.ts'
export type { EndpointStateRecord } from './endpoint-state-columns.ts'
export { recordsMarkdown } from './markdown.ts'
export { sinceUs, toUs } from './micros.ts'
export type { EndpointStateName, Fault, OutcomeName, Phase } from './names.ts'
export type { RequestRecord } from './request-columns.ts'
export type { RunRecord } from './run-columns.ts'
export type { RecordSink } from './sink.ts'
export { encodeSpan, type SpanRow } from './span.ts'
export {
  encodeAttempt,
  encodeEndpointState,
  encodeRequest,
  encodeRun,
  recordTables,
  schemaVersion,
} from './tables.ts'
export type { Usage } from './usage.ts'
export { usageColumns } from './usage-columns.ts'
