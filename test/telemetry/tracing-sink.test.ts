import { describe, expect, it } from 'vitest'
import type {
  AttemptRecord,
  EndpointStateRecord,
  RecordSink,
  RequestRecord,
  SpanRow,
} from '../../src/record/index.ts'
import { createTracingSink, type Span, type SpanExporter } from '../../src/telemetry/index.ts'
import { sampleAttempt, sampleRequest, sampleState } from '../record/sample-records.ts'

const resource = { serviceName: 'routebench-router', serviceVersion: '0.1.0' }

function memorySink() {
  const requests: RequestRecord[] = []
  const attempts: AttemptRecord[] = []
  const states: EndpointStateRecord[] = []
  const rows: SpanRow[] = []
  const calls: string[] = []
  const sink: RecordSink = {
    request: record => void requests.push(record),
    attempt: record => void attempts.push(record),
    state: record => void states.push(record),
    span: row => void rows.push(row),
    dropped: () => 7,
    flush: async () => void calls.push('flush'),
    close: async () => void calls.push('close'),
  }
  return { sink, requests, attempts, states, rows, calls }
}

function memoryExporter() {
  const spans: Span[] = []
  const calls: string[] = []
  const exporter: SpanExporter = {
    export: span => void spans.push(span),
    dropped: () => 0,
    flush: async () => void calls.push('flush'),
    close: async () => void calls.push('close'),
  }
  return { exporter, spans, calls }
}

describe('createTracingSink', () => {
  it('passes records on and gives each a span, as a row and to the exporter', () => {
    const { sink, requests, attempts, rows } = memorySink()
    const { exporter, spans } = memoryExporter()
    const tracing = createTracingSink({ sink, exporter, resource })
    const client = sampleRequest({ vantage: 'client', span_id: '00f067aa0ba902b7', parent_span_id: '' })
    tracing.attempt(sampleAttempt())
    tracing.request(sampleRequest())
    tracing.request(client)

    expect(requests).toEqual([sampleRequest(), client])
    expect(attempts).toEqual([sampleAttempt()])
    expect(rows.map(row => [row.SpanKind, row.SpanId, row.ParentSpanId])).toEqual([
      ['Client', '53995c3f42cd8ad8', 'b7ad6b7169203331'],
      ['Server', 'b7ad6b7169203331', '00f067aa0ba902b7'],
      ['Client', '00f067aa0ba902b7', ''],
    ])
    expect(new Set(rows.map(row => row.TraceId)).size).toBe(1)
    expect(spans.map(span => span.spanId)).toEqual(rows.map(row => row.SpanId))
  })

  it('passes states of endpoints on, which have no spans', () => {
    const { sink, states, rows } = memorySink()
    const { exporter, spans } = memoryExporter()
    createTracingSink({ sink, exporter, resource }).state(sampleState())
    expect(states).toEqual([sampleState()])
    expect([rows, spans]).toEqual([[], []])
  })

  it('works without an exporter', async () => {
    const { sink, rows, calls } = memorySink()
    const tracing = createTracingSink({ sink, exporter: null, resource })
    tracing.request(sampleRequest())
    await tracing.flush()
    await tracing.close()
    expect(rows).toHaveLength(1)
    expect(calls).toEqual(['flush', 'close'])
  })

  it('flushes and closes both, and counts the rows its sink lost', async () => {
    const inner = memorySink()
    const outer = memoryExporter()
    const tracing = createTracingSink({ sink: inner.sink, exporter: outer.exporter, resource })
    await tracing.flush()
    await tracing.close()
    expect([inner.calls, outer.calls]).toEqual([
      ['flush', 'close'],
      ['flush', 'close'],
    ])
    expect(tracing.dropped()).toBe(7)
  })
})
