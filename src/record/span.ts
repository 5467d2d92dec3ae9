import { type Json, tags, text, uint64 } from './column.ts'

/**
 * One row of `otel_traces`, with the column names of the OpenTelemetry Collector's ClickHouse exporter,
 * so that tools made for that table read ours. Spans are the drill-down; facts live in the records.
 */
export interface SpanRow {
  /** `YYYY-MM-DD hh:mm:ss.fffffffff`, UTC. */
  readonly Timestamp: string
  readonly TraceId: string
  readonly SpanId: string
  readonly ParentSpanId: string
  readonly TraceState: string
  readonly SpanName: string
  readonly SpanKind: 'Client' | 'Server' | 'Internal'
  readonly ServiceName: string
  readonly ResourceAttributes: Readonly<Record<string, string>>
  readonly ScopeName: string
  readonly ScopeVersion: string
  readonly SpanAttributes: Readonly<Record<string, string>>
  /** Nanoseconds. */
  readonly Duration: number
  readonly StatusCode: 'Unset' | 'Ok' | 'Error'
  readonly StatusMessage: string
}

const texts = text('')
const attributes = tags('')
const integer = uint64('')

/** One JSON row (no newline) for table `otel_traces`, held to what the columns take as records are. Pure. */
export function encodeSpan(row: SpanRow): string {
  return JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, encode(value)])))
}

function encode(value: SpanRow[keyof SpanRow]): Json {
  if (typeof value === 'number') return Number(integer.encode(value))
  return typeof value === 'string' ? texts.encode(value) : attributes.encode(value)
}
