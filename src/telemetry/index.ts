// Spans made from records, for drill-down: one trace per request (client, router, attempts), as rows of
// `otel_traces` and by OTLP. Facts are never derived from spans, and trouble here never reaches a request.
export type { SpanExporter } from './exporter.ts'
export { createOtlpExporter } from './otlp-exporter.ts'
export { parseOtlpTarget } from './otlp-target.ts'
export { spanOfAttempt } from './span-of-attempt.ts'
export { spanOfRequest } from './span-of-request.ts'
export { spanRow } from './span-row.ts'
export type { Span } from './span-value.ts'
export { createTracingSink } from './tracing-sink.ts'
