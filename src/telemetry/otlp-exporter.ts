import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { createBatchExporter } from './batch-exporter.ts'
import type { SpanExporter } from './exporter.ts'
import { createReadableSpans } from './readable-span.ts'
import type { Span, TelemetryResource } from './span-value.ts'

interface OtlpExporterOptions {
  /** Full address of the receiver, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string
  /** Sent with every batch; may hold a key, which is never logged. */
  readonly headers?: Readonly<Record<string, string>>
  readonly resource: TelemetryResource
  /** Longest wait for one batch, retries included. Default 5000. */
  readonly timeoutMs?: number
  /** Longest time `flush` and `close` take; what is left then counts as dropped. Default 5000. */
  readonly flushTimeoutMs?: number
  /** Spans kept while the receiver is slow; beyond it the newest is dropped. Default 16384. */
  readonly maxQueuedSpans?: number
}

/**
 * Sends spans by OTLP over HTTP with protobuf bodies.
 *
 * A batch that meets 429, 502, 503, 504 or a broken connection is tried again within `timeoutMs`; one that still
 * fails counts as dropped. An unreachable receiver costs nothing but the count. `OTEL_EXPORTER_OTLP_COMPRESSION`
 * is honoured by the library underneath. Throws only here, when `url` is no URL.
 */
export function createOtlpExporter(options: OtlpExporterOptions): SpanExporter {
  const {
    url,
    headers = {},
    resource,
    timeoutMs = 5000,
    flushTimeoutMs = 5000,
    maxQueuedSpans = 16_384,
  } = options
  const otlp = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs })
  const toReadable = createReadableSpans(resource)

  function send(batch: readonly Span[]): Promise<boolean> {
    return new Promise(resolve => {
      otlp.export(batch.map(toReadable), result => resolve(result.error === undefined))
    })
  }
  return createBatchExporter({ send, maxQueuedSpans, flushTimeoutMs })
}
