import type { SpanRow } from '../record/index.ts'
import { resourceAttributes, scopeName } from './names.ts'
import type { AttributeValue, Span, TelemetryResource } from './span-value.ts'

/** A span as a row of `otel_traces`, in the form the Collector's ClickHouse exporter writes. Pure. */
export function spanRow(span: Span, resource: TelemetryResource): SpanRow {
  return {
    Timestamp: timestampOf(span.startEpochUs),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId,
    TraceState: '',
    SpanName: span.name,
    SpanKind: span.kind === 'server' ? 'Server' : 'Client',
    ServiceName: resource.serviceName,
    ResourceAttributes: resourceAttributes(resource),
    ScopeName: scopeName,
    ScopeVersion: resource.serviceVersion,
    SpanAttributes: textsOf(span.attributes),
    Duration: span.durationUs * 1000,
    StatusCode: span.isError ? 'Error' : 'Unset',
    StatusMessage: '',
  }
}

function timestampOf(epochUs: number): string {
  const wholeMs = Math.floor(epochUs / 1000)
  const restNs = (epochUs - wholeMs * 1000) * 1000
  const iso = new Date(wholeMs).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(restNs).padStart(6, '0')}`
}

function textsOf(attributes: Span['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, textOf(value)]))
}

function textOf(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
