import { type Attributes, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { resourceAttributes, scopeName } from './names.ts'
import type { AttributeValue, Span, TelemetryResource } from './span-value.ts'

/** Turns our spans into what OpenTelemetry's exporters read. */
export type ToReadableSpan = (span: Span) => ReadableSpan

/**
 * Makes the converter of one resource. All spans of a converter share one resource object, because the
 * OTLP serializer groups by identity.
 */
export function createReadableSpans(resource: TelemetryResource): ToReadableSpan {
  const shared = {
    resource: otelResource(resource),
    instrumentationScope: { name: scopeName, version: resource.serviceVersion },
    links: [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
  return span => ({
    ...shared,
    name: span.name,
    kind: span.kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT,
    spanContext: () => context(span.traceId, span.spanId),
    ...(span.parentSpanId !== '' && {
      // The parent of a server span is in the calling process.
      parentSpanContext: { ...context(span.traceId, span.parentSpanId), isRemote: span.kind === 'server' },
    }),
    startTime: hrTime(span.startEpochUs),
    endTime: hrTime(span.startEpochUs + span.durationUs),
    duration: hrTime(span.durationUs),
    status: { code: span.isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: otelAttributes(span.attributes),
  })
}

function context(traceId: string, spanId: string) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
}

/** `[seconds, nanoseconds]`. */
function hrTime(us: number): [number, number] {
  const seconds = Math.floor(us / 1_000_000)
  return [seconds, (us - seconds * 1_000_000) * 1000]
}

function otelAttributes(attributes: Readonly<Record<string, AttributeValue>>): Attributes {
  const copy: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    copy[name] = typeof value === 'object' ? [...value] : value
  }
  return copy
}

/**
 * A resource that is its attributes and nothing else. OpenTelemetry's own constructor lives in a package that
 * comes only transitively; exporters read nothing but `attributes`.
 */
function otelResource(resource: TelemetryResource): ReadableSpan['resource'] {
  const attributes = resourceAttributes(resource)
  const self: ReadableSpan['resource'] = {
    attributes,
    merge: () => self,
    getRawAttributes: () => Object.entries(attributes),
  }
  return self
}
