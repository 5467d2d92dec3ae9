import type { SpanExporter } from './exporter.ts'
import type { Span } from './span-value.ts'

export interface BatchExporterOptions {
  /** Delivers one batch; resolves false, or rejects, when it was lost. */
  readonly send: (batch: readonly Span[]) => Promise<boolean>
  readonly maxQueuedSpans: number
  /** Longest time `flush` and `close` take. */
  readonly flushTimeoutMs: number
  /**
   * Spans per batch. Default 128: encoding one takes about 25 µs, and a batch of 512 would hold the
   * event loop, which also paces and stamps requests, for 12 ms.
   */
  readonly batchSize?: number
  /** Longest time a span waits for its batch to fill. Default 1000. */
  readonly batchDelayMs?: number
}

/**
 * A bounded queue in front of `send`, one batch in flight at a time.
 *
 * OpenTelemetry's own batch processor is not used: of a burst it silently loses what exceeds its queue, and
 * it keeps no count that we could write on a run.
 */
export function createBatchExporter(options: BatchExporterOptions): SpanExporter {
  const { send, maxQueuedSpans, flushTimeoutMs, batchSize = 128, batchDelayMs = 1000 } = options
  const queue: Span[] = []
  /** Spans of the batch in flight; set to 0 when a flush gave it up, so that its late end is not counted again. */
  let inFlight = { spans: 0 }
  let droppedSpans = 0
  let isClosed = false
  let timer: NodeJS.Timeout | null = null
  let draining: Promise<void> | null = null

  function take(span: Span): void {
    if (isClosed || queue.length >= maxQueuedSpans) {
      droppedSpans++
      return
    }
    queue.push(span)
    if (queue.length >= batchSize) void drain()
    else timer ??= setTimeout(() => void drain(), batchDelayMs).unref()
  }

  async function drain(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    if (queue.length > 0) draining ??= sendAll()
    await draining
  }

  async function sendAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, batchSize)
      const flight = { spans: batch.length }
      inFlight = flight
      if (!(await isDelivered(send, batch))) droppedSpans += flight.spans
      flight.spans = 0
    }
    draining = null
  }

  async function flush(): Promise<void> {
    if (await isDoneWithin(flushTimeoutMs, drain())) return
    droppedSpans += queue.length + inFlight.spans
    queue.length = 0
    inFlight.spans = 0
  }

  async function close(): Promise<void> {
    isClosed = true
    await flush()
  }
  return Object.freeze({ export: take, dropped: () => droppedSpans, flush, close })
}

async function isDelivered(send: BatchExporterOptions['send'], batch: readonly Span[]): Promise<boolean> {
  try {
    return await send(batch)
  } catch {
    // Tracing must not hurt a run: a batch that could not even be sent is lost and counted, not thrown.
    return false
  }
}

async function isDoneWithin(timeoutMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const isDone = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isDone
}
