import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatchExporter } from '../../src/telemetry/batch-exporter.ts'
import type { Span } from '../../src/telemetry/index.ts'
import { spanOfAttempt } from '../../src/telemetry/index.ts'
import { sampleAttempt } from '../record/sample-records.ts'

const span = spanOfAttempt(sampleAttempt())
const defaults = { maxQueuedSpans: 100, flushTimeoutMs: 1000, batchSize: 10 }

function never(): Promise<boolean> {
  return new Promise(() => {})
}

describe('createBatchExporter', () => {
  it('sends a full batch at once and the rest on flush', async () => {
    const sizes: number[] = []
    const send = async (batch: readonly Span[]) => sizes.push(batch.length) > 0
    const exporter = createBatchExporter({ ...defaults, send })
    for (let index = 0; index < 25; index++) exporter.export(span)
    expect(sizes).toEqual([10])
    await exporter.flush()
    expect(sizes).toEqual([10, 10, 5])
  })

  it('sends a batch that does not fill after the delay', async () => {
    const sent = await new Promise<number>(resolve => {
      const send = async (batch: readonly Span[]) => {
        resolve(batch.length)
        return true
      }
      createBatchExporter({ ...defaults, send, batchDelayMs: 5 }).export(span)
    })
    expect(sent).toBe(1)
  })

  it('keeps one batch in flight', async () => {
    let inFlight = 0
    let most = 0
    const send = async () => {
      most = Math.max(most, ++inFlight)
      await Promise.resolve()
      inFlight--
      return true
    }
    const exporter = createBatchExporter({ ...defaults, send })
    for (let index = 0; index < 90; index++) exporter.export(span)
    await exporter.flush()
    expect(most).toBe(1)
  })

  it('drops the newest span when the queue is full', async () => {
    const exporter = createBatchExporter({ ...defaults, send: never, flushTimeoutMs: 5 })
    // 10 leave with the first batch, 100 wait.
    for (let index = 0; index < 113; index++) exporter.export(span)
    expect(exporter.dropped()).toBe(3)
    await exporter.flush()
    expect(exporter.dropped()).toBe(113)
  })

  it('gives up at the flush deadline and counts a late answer once', async () => {
    const late = Promise.withResolvers<boolean>()
    const exporter = createBatchExporter({ ...defaults, send: () => late.promise, flushTimeoutMs: 5 })
    exporter.export(span)
    await exporter.flush()
    expect(exporter.dropped()).toBe(1)
    late.resolve(false)
    await exporter.flush()
    expect(exporter.dropped()).toBe(1)
  })

  it('counts a batch whose sending throws', async () => {
    const exporter = createBatchExporter({ ...defaults, send: () => Promise.reject(new Error('broken')) })
    exporter.export(span)
    await exporter.flush()
    expect(exporter.dropped()).toBe(1)
  })

  it('counts spans that come after close', async () => {
    const exporter = createBatchExporter({ ...defaults, send: async () => true })
    await exporter.close()
    exporter.export(span)
    expect(exporter.dropped()).toBe(1)
  })

  it('delivers or counts every span, whatever the receiver does', async () => {
    const plan = fc.array(fc.constantFrom('ok', 'lost', 'throws'), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 0, max: 160 }), async (answers, spans) => {
        let calls = 0
        let delivered = 0
        const send = async (batch: readonly Span[]) => {
          const answer = answers[calls++ % answers.length]
          if (answer === 'throws') throw new Error('broken')
          if (answer === 'ok') delivered += batch.length
          return answer === 'ok'
        }
        const exporter = createBatchExporter({ ...defaults, send })
        for (let index = 0; index < spans; index++) {
          exporter.export(span)
          if (index % 7 === 0) await Promise.resolve()
        }
        await exporter.close()
        expect(delivered + exporter.dropped()).toBe(spans)
      }),
    )
  })
})
