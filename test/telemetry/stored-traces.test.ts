import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type EmbeddedStore,
  migrate,
  openJournal,
  openStore,
  type Store,
  startEmbeddedStore,
  uploadJournal,
} from '../../src/store/index.ts'
import { createTracingSink } from '../../src/telemetry/index.ts'
import { sampleAttempt, sampleRequest } from '../record/sample-records.ts'

let folder: string
let engine: EmbeddedStore
let store: Store

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'routebench-traces-'))
  engine = await startEmbeddedStore({ dataDir: join(folder, 'store') })
  store = await openStore({ url: engine.url })
  await migrate(store)
})
afterAll(async () => {
  await store.close()
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

describe('createTracingSink on a journal', () => {
  it('gives the embedded store one trace per request, joined to its facts', async () => {
    const dir = join(folder, 'journal')
    const resource = { serviceName: 'routebench-router', serviceVersion: '0.1.0' }
    const sink = createTracingSink({
      sink: await openJournal({ dir, writer: 'router' }),
      exporter: null,
      resource,
    })
    sink.attempt(sampleAttempt())
    sink.request(sampleRequest())
    sink.request(sampleRequest({ vantage: 'client', span_id: '00f067aa0ba902b7', parent_span_id: '' }))
    await sink.close()
    await uploadJournal({ dir, store })

    const trace = await store.query(
      `SELECT SpanId, ParentSpanId, SpanKind, Timestamp, Duration,
              SpanAttributes['gen_ai.usage.input_tokens'] AS inputTokens, ResourceAttributes['service.name'] AS service
       FROM otel_traces WHERE TraceId = {traceId:String} ORDER BY SpanKind DESC, ParentSpanId`,
      { traceId: sampleRequest().trace_id },
    )
    const shared = {
      Timestamp: '2026-11-20 17:05:00.123456000',
      Duration: '1500000000',
      service: 'routebench-router',
    }
    expect(trace).toEqual([
      {
        ...shared,
        SpanId: 'b7ad6b7169203331',
        ParentSpanId: '00f067aa0ba902b7',
        SpanKind: 'Server',
        inputTokens: '',
      },
      { ...shared, SpanId: '00f067aa0ba902b7', ParentSpanId: '', SpanKind: 'Client', inputTokens: '' },
      {
        ...shared,
        SpanId: '53995c3f42cd8ad8',
        ParentSpanId: 'b7ad6b7169203331',
        SpanKind: 'Client',
        inputTokens: '10000',
      },
    ])

    const facts = await store.query(
      `SELECT r.vantage AS vantage, dateDiff('microsecond', r.ts, t.Timestamp) AS apart, toString(r.cost_usd) AS cost,
              t.SpanAttributes['rb.cost.usd'] AS spanCost
       FROM requests AS r JOIN otel_traces AS t ON t.TraceId = r.trace_id AND t.SpanId = r.span_id ORDER BY vantage`,
    )
    expect(facts).toEqual([
      { vantage: 'router', apart: '0', cost: '0.0072', spanCost: '0.0072' },
      { vantage: 'client', apart: '0', cost: '0.0072', spanCost: '0.0072' },
    ])
  })
})
