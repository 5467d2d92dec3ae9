import { describe, expect, it } from 'vitest'
import { spanOfAttempt, spanOfRequest, spanRow } from '../../src/telemetry/index.ts'
import { sampleAttempt, sampleRequest } from '../record/sample-records.ts'

const resource = { serviceName: 'routebench-router', serviceVersion: '0.1.0' }

describe('spanOfRequest', () => {
  it('takes identity, parent and times from the record', () => {
    expect(spanOfRequest(sampleRequest())).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: '00f067aa0ba902b7',
      name: 'chat meta-llama/llama-3.3-70b-instruct',
      startEpochUs: 1_795_194_300_123_456,
      durationUs: 1_500_000,
    })
  })

  it('is a server span at the router and a client span at the replayer', () => {
    expect(spanOfRequest(sampleRequest({ vantage: 'router' })).kind).toBe('server')
    expect(spanOfRequest(sampleRequest({ vantage: 'client' })).kind).toBe('client')
  })

  it('keeps usage and cost out of gen_ai names, so that a sum over spans counts once', () => {
    const { attributes } = spanOfRequest(sampleRequest())
    expect(Object.keys(attributes).filter(name => name.startsWith('gen_ai.usage'))).toEqual([])
    expect(attributes).toMatchObject({ 'rb.usage.input_tokens': 10_000, 'rb.cost.usd': '0.0072' })
  })

  it('says nothing about a cost, a count or a provider that is not known', () => {
    const { attributes } = spanOfRequest(
      sampleRequest({ cost_usd: null, cost_source: 'none', input_tokens: null, served_provider: '' }),
    )
    for (const name of ['rb.cost.usd', 'rb.cost.source', 'rb.usage.input_tokens', 'gen_ai.provider.name']) {
      expect(attributes).not.toHaveProperty([name])
    }
  })

  it.each([
    ['ok after a fallback', { outcome: 'ok', fallback: 'provider', vantage: 'router' }, false],
    ['canceled', { outcome: 'canceled', fault: 'client', vantage: 'client' }, false],
    ['an upstream error', { outcome: 'error', fault: 'provider', vantage: 'router' }, true],
    ['truncated', { outcome: 'truncated', fault: 'provider', vantage: 'client' }, true],
    ["the caller's mistake, at the router", { outcome: 'error', fault: 'client', vantage: 'router' }, false],
    ["the caller's mistake, at the caller", { outcome: 'error', fault: 'client', vantage: 'client' }, true],
  ] as const)('judges %s', (_name, changes, isError) => {
    expect(spanOfRequest(sampleRequest(changes)).isError).toBe(isError)
  })

  it('names the error class and marks the cut choice', () => {
    const record = sampleRequest({ outcome: 'truncated', error_type: 'truncated', finish_reason: '' })
    expect(spanOfRequest(record).attributes).toMatchObject({
      'error.type': 'truncated',
      'gen_ai.response.finish_reasons': ['error'],
    })
  })

  it('gives the time to the first token in seconds, of streams only', () => {
    const name = ['gen_ai.response.time_to_first_chunk']
    expect(spanOfRequest(sampleRequest()).attributes).toHaveProperty(name, 0.25)
    expect(spanOfRequest(sampleRequest({ stream: false })).attributes).not.toHaveProperty(name)
  })

  it('has a conversation only when the request has a session', () => {
    expect(spanOfRequest(sampleRequest()).attributes).not.toHaveProperty(['gen_ai.conversation.id'])
    expect(spanOfRequest(sampleRequest({ session_id: 's1', turn: 3 })).attributes).toMatchObject({
      'gen_ai.conversation.id': 's1',
      'rb.turn': 3,
    })
  })
})

describe('spanOfAttempt', () => {
  it('hangs under the request of the router', () => {
    const attempt = spanOfAttempt(sampleAttempt())
    expect(attempt.parentSpanId).toBe(spanOfRequest(sampleRequest()).spanId)
    expect(attempt.traceId).toBe(spanOfRequest(sampleRequest()).traceId)
    expect(attempt.kind).toBe('client')
  })

  it('carries usage and cost in the names of the conventions', () => {
    expect(spanOfAttempt(sampleAttempt()).attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 10_000,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 9000,
      'gen_ai.usage.cost.amount': 0.0072,
      'gen_ai.usage.cost.currency': 'USD',
      'gen_ai.usage.cost.source': 'local',
      'rb.cost.usd': '0.0072',
      'rb.cache.discount_usd': '0.0243',
    })
  })

  it('keeps an unknown cost unknown', () => {
    const { attributes } = spanOfAttempt(sampleAttempt({ cost_usd: null, cost_source: 'none' }))
    expect(Object.keys(attributes).filter(name => name.includes('cost'))).toEqual([])
  })

  it('records a rate limit as an error with its status and the wait that was asked for', () => {
    const record = sampleAttempt({
      outcome: 'error',
      fault: 'rate_limit',
      error_type: 'rate_limit_exceeded',
      http_status: 429,
      retry_after_ms: 2000,
      winner: false,
    })
    const span = spanOfAttempt(record)
    expect(span.isError).toBe(true)
    expect(span.attributes).toMatchObject({
      'error.type': 'rate_limit_exceeded',
      'http.response.status_code': 429,
      'rb.retry_after_ms': 2000,
      'rb.attempt.winner': false,
    })
    expect(span.attributes).not.toHaveProperty(['gen_ai.response.model'])
  })

  it.each([
    ['amazon-bedrock', 'aws.bedrock'],
    ['google-vertex', 'gcp.vertex_ai'],
    ['xai', 'x_ai'],
    ['openai', 'openai'],
    ['deepinfra', 'deepinfra'],
  ])('calls the provider %s by the well-known name %s', (provider, name) => {
    const { attributes } = spanOfAttempt(sampleAttempt({ provider }))
    expect(attributes).toMatchObject({ 'gen_ai.provider.name': name, 'rb.provider': provider })
  })
})

describe('spanRow', () => {
  it('has the form of the Collector exporter', () => {
    expect(spanRow(spanOfAttempt(sampleAttempt()), resource)).toEqual({
      Timestamp: '2026-11-20 17:05:00.123456000',
      TraceId: '0af7651916cd43dd8448eb211c80319c',
      SpanId: '53995c3f42cd8ad8',
      ParentSpanId: 'b7ad6b7169203331',
      TraceState: '',
      SpanName: 'chat meta-llama/llama-3.3-70b-instruct',
      SpanKind: 'Client',
      ServiceName: 'routebench-router',
      ResourceAttributes: {
        'service.name': 'routebench-router',
        'service.version': '0.1.0',
        'rb.semconv.gen_ai': '2026-09-16',
      },
      ScopeName: 'routebench',
      ScopeVersion: '0.1.0',
      SpanAttributes: expect.objectContaining({
        'gen_ai.usage.input_tokens': '10000',
        'gen_ai.response.finish_reasons': '["stop"]',
        'rb.attempt.winner': 'true',
      }),
      Duration: 1_500_000_000,
      StatusCode: 'Unset',
      StatusMessage: '',
    })
  })

  it('marks a server span and an error', () => {
    const row = spanRow(spanOfRequest(sampleRequest({ outcome: 'error', fault: 'provider' })), resource)
    expect([row.SpanKind, row.StatusCode]).toEqual(['Server', 'Error'])
  })
})
