import type { Clock } from '../core/index.ts'
import type { AnswerReader } from './answer.ts'
import { createBodyReader } from './body-reader.ts'
import { boundedReader, maxAnswerBytes } from './bounded-reader.ts'
import { errorOf, type ExchangeError, type Trust } from './classify.ts'
import type { DeadlineTimers } from './deadline-timers.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { WireProtocol } from './protocol.ts'
import { retryAfterMs } from './rate-limit.ts'
import type { RestartableTimer } from './restartable-timer.ts'
import type { Stopwatch } from './stamps.ts'
import { createStreamReader } from './stream-reader.ts'
import type { Exchange, ExchangeOutcome, StreamEvent } from './types.ts'

/** Takes one answer off the HTTP client: its head, then its bytes, stamped before they are parsed. */
export interface Receiver {
  start(status: number, headers: RawHeaders): void
  push(bytes: Buffer): void
  /** The body ended, or is whole: how the exchange ended. */
  end(): ExchangeOutcome
  /** The connection broke: how the exchange ended. */
  broken(error: ExchangeError): ExchangeOutcome
  /** When the last bytes came, monotonic nanoseconds; before any, when the receiver was made. */
  lastByteNs(): number
  content(): Omit<Exchange, 'outcome' | 'wasSent' | 'deadline' | 'stamps' | 'connection'>
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Collaborators of one receiver. */
export interface ReceiverOptions extends Trust {
  /** Default: OpenAI's. */
  readonly protocol?: WireProtocol
  readonly clock: Clock
  readonly watch: Stopwatch
  readonly deadlines: DeadlineTimers
  /** Started when the answer is whole, or may be. */
  readonly ending: RestartableTimer
  readonly stopWith: (error: ExchangeError) => void
  readonly onEvent?: (event: StreamEvent, atNs: number) => void
}

/** Makes the receiver of one answer. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const {
    clock,
    watch,
    deadlines,
    ending,
    stopWith,
    protocol = openaiProtocol,
    onEvent = () => undefined,
  } = options
  let reader: AnswerReader = createBodyReader({ status: 0, watch, trust: options, protocol })
  let lastByteNs = clock.monoNs()
  let status = 0
  let headers: Readonly<Record<string, string>> = {}

  function createReader(): AnswerReader {
    if (!isEventStream(status, headers)) {
      return createBodyReader({ status, watch, trust: options, protocol })
    }
    const { token: onToken } = deadlines
    return createStreamReader({ watch, onToken, onWhole: ending.start, onEvent, trust: options, protocol })
  }

  return {
    start: (statusCode, raw) => {
      watch.headers(clock.monoNs())
      deadlines.headers()
      status = statusCode
      headers = flatten(raw)
      reader = boundedReader(createReader(), () => stopWith(tooLong))
    },
    push: bytes => {
      lastByteNs = clock.monoNs()
      deadlines.activity()
      reader.push(bytes, lastByteNs)
    },
    end: () => reader.end(),
    broken: error => reader.broken(error),
    lastByteNs: () => lastByteNs,
    content: () => {
      const content = reader.content()
      const answer = { status, headers, body: content.body }
      return { ...content, status, headers, retryAfterMs: retryAfterMs(answer, clock.epochUs() / 1000) }
    },
  }
}

const tooLong = errorOf('response_too_large', `the answer is longer than ${maxAnswerBytes} bytes`)

function isEventStream(status: number, headers: Readonly<Record<string, string>>): boolean {
  return status < 400 && (headers['content-type'] ?? '').includes('text/event-stream')
}

function flatten(headers: RawHeaders): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
