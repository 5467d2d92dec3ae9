import { afterEach, describe, expect, it } from 'vitest'
import { createOtlpExporter, spanOfAttempt, spanOfRequest } from '../../src/telemetry/index.ts'
import { sampleAttempt, sampleRequest } from '../record/sample-records.ts'
import { type Answer, type OtlpReceiver, openOtlpReceiver } from './otlp-receiver.ts'

const resource = {
  serviceName: 'routebench-router',
  serviceVersion: '0.1.0',
  attributes: { 'deployment.environment.name': 'test' },
}
/** A wait that is over: the retry is due at once. */
const longAgo = new Date(0).toUTCString()
let receiver: OtlpReceiver | null = null

async function open(answer?: Answer) {
  receiver = await openOtlpReceiver(answer)
  return receiver
}

afterEach(async () => {
  await receiver?.close()
  receiver = null
})

describe('createOtlpExporter', () => {
  it('delivers spans that a receiver can decode', async () => {
    const { url, spans, resources, requests } = await open()
    const exporter = createOtlpExporter({ url, resource, headers: { 'x-tenant': 'blue' } })
    exporter.export(spanOfRequest(sampleRequest({ outcome: 'error', fault: 'provider' })))
    exporter.export(spanOfAttempt(sampleAttempt()))
    await exporter.close()

    expect(requests).toHaveLength(1)
    expect(requests[0]?.headers).toMatchObject({
      'x-tenant': 'blue',
      'content-type': 'application/x-protobuf',
    })
    expect(resources).toEqual([
      {
        'service.name': 'routebench-router',
        'service.version': '0.1.0',
        'deployment.environment.name': 'test',
        'rb.semconv.gen_ai': '2026-09-16',
      },
    ])
    expect(spans).toMatchObject([
      { spanId: 'b7ad6b7169203331', parentSpanId: '00f067aa0ba902b7', kind: 2n, status: 2n },
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: '53995c3f42cd8ad8',
        parentSpanId: 'b7ad6b7169203331',
        name: 'chat meta-llama/llama-3.3-70b-instruct',
        kind: 3n,
        status: 0n,
        startNs: 1_795_194_300_123_456_000n,
        endNs: 1_795_194_301_623_456_000n,
        attributes: {
          'gen_ai.usage.input_tokens': 10_000,
          'gen_ai.usage.cost.amount': 0.0072,
          'gen_ai.response.finish_reasons': ['stop'],
          'rb.attempt.winner': true,
        },
      },
    ])
    expect(exporter.dropped()).toBe(0)
  })

  it('delivers a burst of 10,000 spans in batches without losing one', async () => {
    const { url, spans, requests } = await open()
    const exporter = createOtlpExporter({ url, resource })
    const span = spanOfAttempt(sampleAttempt())
    for (let index = 0; index < 10_000; index++) {
      exporter.export({ ...span, spanId: (index + 1).toString(16).padStart(16, '0') })
    }
    await exporter.close()
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(10_000)
    expect(requests).toHaveLength(79)
    expect(exporter.dropped()).toBe(0)
  })

  it.each([429, 502, 503, 504])('tries again after HTTP %i', async status => {
    const { url, spans, requests } = await open((index, response) => {
      if (index === 0) response.writeHead(status, { 'retry-after': longAgo })
      response.end()
    })
    const exporter = createOtlpExporter({ url, resource })
    exporter.export(spanOfAttempt(sampleAttempt()))
    await exporter.flush()
    expect(requests).toHaveLength(2)
    expect(spans).toHaveLength(1)
    expect(exporter.dropped()).toBe(0)
  })

  it('counts a batch that the receiver refuses', async () => {
    const { url } = await open((_index, response) => {
      response.writeHead(400)
      response.end()
    })
    const exporter = createOtlpExporter({ url, resource })
    exporter.export(spanOfAttempt(sampleAttempt()))
    await exporter.flush()
    expect(exporter.dropped()).toBe(1)
  })

  it('counts what an unreachable receiver loses and throws nothing', async () => {
    const { url, close } = await open()
    await close()
    const exporter = createOtlpExporter({ url, resource, timeoutMs: 200 })
    for (let index = 0; index < 3; index++) exporter.export(spanOfAttempt(sampleAttempt()))
    await exporter.flush()
    expect(exporter.dropped()).toBe(3)
    await exporter.close()
  })

  it('refuses an unusable address when it is made', () => {
    expect(() => createOtlpExporter({ url: 'http://[', resource })).toThrowError(/URL/)
  })
})
