import type { Dispatcher } from 'undici'
import type { Clock } from '../core/index.ts'
import type { AnswerReader } from './answer.ts'
import { createBodyReader } from './body-reader.ts'
import { boundedReader, maxAnswerBytes } from './bounded-reader.ts'
import { classifyThrown, errorOf, type Trust } from './classify.ts'
import { startDeadlines } from './deadline-timers.ts'
import { dispatch } from './http.ts'
import { retryAfterMs } from './rate-limit.ts'
import { startStopwatch } from './stamps.ts'
import { createStreamReader } from './stream-reader.ts'
import type { Deadlines, Exchange, ExchangeOutcome, StreamEvent } from './types.ts'

/** One call of an OpenAI-compatible chat completions API. */
export interface ExchangeOptions extends Trust {
  /** Full URL of the call. */
  readonly url: string
  /** Sent as a bearer token; null: none. */
  readonly apiKey: string | null
  readonly headers: Readonly<Record<string, string>>
  /** Encoded request body. */
  readonly body: string | Buffer
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly deadlines: Deadlines
  /** Called for every chunk and comment of a stream, in order, with the stamp of its bytes. */
  readonly onEvent?: (event: StreamEvent, atNs: number) => void
}

/**
 * Makes one call and reads the whole answer. Whatever happens is an outcome; only a `url` that is none rejects, as a
 * defect of the caller.
 *
 * Bytes are stamped before anything is parsed. Aborting the signal closes the connection at once.
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  // Before any timer runs: a URL that is none throws here.
  const request = dispatchOptions(options)
  return await new Promise(resolve => run(options, request, resolve))
}

function run(
  options: ExchangeOptions,
  request: Dispatcher.DispatchOptions,
  resolve: (exchange: Exchange) => void,
): void {
  const { clock, signal, onEvent = () => undefined } = options
  const sentNs = clock.monoNs()
  const watch = startStopwatch(sentNs)
  let reader: AnswerReader = createBodyReader(0, watch)
  const deadlines = startDeadlines(options.deadlines, stopWith)
  let status = 0
  let headers: Readonly<Record<string, string>> = {}
  let connection = { reused: false, connectNs: 0 }
  let controller: Dispatcher.DispatchController | null = null
  let decided: ExchangeOutcome | null = null

  function finish(outcome: ExchangeOutcome): void {
    deadlines.stop()
    signal?.removeEventListener('abort', cancel)
    const stamps = watch.stop(clock.monoNs())
    const wait = retryAfterMs(headers, clock.epochUs() / 1000)
    resolve({ ...reader.content(), outcome, status, headers, stamps, connection, retryAfterMs: wait })
  }

  /** Ends the exchange from our side. Without a connection yet, undici is told once it has one. */
  function stopWith(outcome: ExchangeOutcome): void {
    if (decided) return
    decided = outcome
    if (controller) controller.abort(new Error(outcome.kind))
    else finish(outcome)
  }

  const cancel = () => stopWith({ kind: 'canceled' })

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (decided) started.abort(new Error(decided.kind))
    },
    onResponseStart(_controller, statusCode, raw) {
      watch.headers(clock.monoNs())
      deadlines.headers()
      status = statusCode
      headers = flatten(raw)
      const plain = isEventStream(status, headers)
        ? createStreamReader({ watch, onFirstToken: deadlines.firstToken, onEvent, trust: options })
        : createBodyReader(status, watch, options)
      reader = boundedReader(plain, () => stopWith(tooLong))
    },
    onResponseData(_controller, bytes) {
      const atNs = clock.monoNs()
      deadlines.activity()
      reader.push(bytes, atNs)
    },
    onResponseEnd: () => finish(decided ?? reader.end()),
    onResponseError: (_controller, thrown) => finish(decided ?? reader.broken(classifyThrown(thrown))),
  }

  if (signal?.aborted) return cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  const onSent = (fresh: boolean) => {
    connection = { reused: !fresh, connectNs: fresh ? clock.monoNs() - sentNs : 0 }
  }
  dispatch({ dispatcher: options.dispatcher, options: request, handler, onSent })
}

const tooLong = errorOf('response_too_large', `the answer is longer than ${maxAnswerBytes} bytes`)

function isEventStream(status: number, headers: Readonly<Record<string, string>>): boolean {
  return status < 400 && (headers['content-type'] ?? '').includes('text/event-stream')
}

function dispatchOptions({ url, apiKey, headers, body }: ExchangeOptions): Dispatcher.DispatchOptions {
  const { origin, pathname, search } = new URL(url)
  return {
    origin,
    path: pathname + search,
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream, application/json',
      // Compression would hold tokens back until a block is full.
      'accept-encoding': 'identity',
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      ...headers,
    },
  }
}

function flatten(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
