import type { RecordSink } from '../record/index.ts'
import type { SpanExporter } from './exporter.ts'
import { spanOfAttempt } from './span-of-attempt.ts'
import { spanOfRequest } from './span-of-request.ts'
import { spanRow } from './span-row.ts'
import type { Span, TelemetryResource } from './span-value.ts'

interface TracingSinkOptions {
  /** Takes the records, and a row for each of their spans. */
  readonly sink: RecordSink
  /** null: spans go to the store only. */
  readonly exporter: SpanExporter | null
  readonly resource: TelemetryResource
}

/**
 * A sink that passes every record on and adds its span as a row and to the exporter.
 *
 * The record goes first, so no trouble with spans can cost a fact. `dropped` counts rows the inner sink lost;
 * spans that were not exported are in the exporter's own `dropped`. Closing it closes both.
 */
export function createTracingSink({ sink, exporter, resource }: TracingSinkOptions): RecordSink {
  function trace(span: Span): void {
    sink.span(spanRow(span, resource))
    exporter?.export(span)
  }
  return Object.freeze<RecordSink>({
    request(record) {
      sink.request(record)
      trace(spanOfRequest(record))
    },
    attempt(record) {
      sink.attempt(record)
      trace(spanOfAttempt(record))
    },
    state: record => sink.state(record),
    span: row => sink.span(row),
    dropped: () => sink.dropped(),
    async flush() {
      await Promise.all([sink.flush(), exporter?.flush()])
    },
    async close() {
      await Promise.all([sink.close(), exporter?.close()])
    },
  })
}
