import type { Dispatcher } from 'undici'
import type { Clock } from '../core/index.ts'
import { callRequest, type CallTarget } from './call-request.ts'
import { classifyThrown, type Trust } from './classify.ts'
import { startDeadlines } from './deadline-timers.ts'
import { createFlow } from './flow.ts'
import { dispatch } from './http.ts'
import type { WireProtocol } from './protocol.ts'
import { createReceiver } from './receiver.ts'
import { withoutKey } from './redact.ts'
import { createRestartableTimer } from './restartable-timer.ts'
import { startStopwatch } from './stamps.ts'
import type { DeadlineName, Deadlines, Exchange, ExchangeOutcome, StreamEvent } from './types.ts'

/** One call of a provider's API. */
export interface ExchangeOptions extends Trust, CallTarget {
  /** The protocol that the answer is read in. Default: OpenAI's. */
  readonly protocol?: WireProtocol
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly deadlines: Deadlines
  /** Called for every chunk and comment of a stream, in order, with the stamp of its bytes. */
  readonly onEvent?: (event: StreamEvent, atNs: number) => void
  /**
   * Asked after each piece of the answer: what to wait for before more of it is read; null: nothing. Meanwhile the
   * upstream is paused, and its silence is not held against it.
   */
  readonly whenTaken?: () => Promise<void> | null
}

/**
 * Makes one call and reads the whole answer. Never rejects: whatever happens is an outcome, a URL or a header that
 * cannot be sent too. No message has the API key in it.
 *
 * Bytes are stamped before anything is parsed. Aborting the signal closes the connection at once. An answer is over
 * with `[DONE]`, or `afterFinishMs` after its finish reason, however the connection ends.
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  return await new Promise(resolve => run(options, resolve))
}

/** How an exchange ends, when it is not as the answer itself says. */
interface Ending {
  readonly outcome: ExchangeOutcome
  /** Default now. */
  readonly closedNs?: number
  readonly deadline?: DeadlineName | null
}

const canceled: ExchangeOutcome = { kind: 'canceled' }

function run(options: ExchangeOptions, resolve: (exchange: Exchange) => void): void {
  const { clock, signal } = options
  const sentNs = clock.monoNs()
  const watch = startStopwatch(sentNs)
  const deadlines = startDeadlines(options.deadlines, (error, deadline, ms) => {
    if (ending.wasStarted()) return endEarly()
    // Whoever takes an answer so slowly that its time runs out has given it up.
    const outcome = watch.wasHeardFor(ms, clock.monoNs()) ? error : canceled
    return stopWith({ outcome, deadline })
  })
  // Once the answer is whole, its connection has so long to end by itself, for its reuse.
  const ending = createRestartableTimer(endEarly)
  const stopFor = (outcome: ExchangeOutcome) => stopWith({ outcome })
  const receiver = createReceiver({ ...options, watch, deadlines, ending, stopWith: stopFor })
  const flow = createFlow({ ...options, watch, deadlines, ending })
  let sentOn: Exchange['connection'] | null = null
  let controller: Dispatcher.DispatchController | null = null
  let decided: Ending | null = null

  function finish({ outcome, closedNs = clock.monoNs(), deadline = null }: Ending): void {
    deadlines.stop()
    ending.stop()
    flow.stop()
    signal?.removeEventListener('abort', cancel)
    const told = { outcome: withoutKey(outcome, options.apiKey), deadline, stamps: watch.stop(closedNs) }
    const connection = sentOn ?? { reused: false, connectNs: 0 }
    resolve({ ...receiver.content(), ...told, wasSent: sentOn !== null, connection })
  }

  /** Ends the exchange from our side. Without a connection yet, undici is told once it has one. */
  function stopWith(end: Ending): void {
    if (decided) return
    decided = end
    if (controller) controller.abort(new Error(end.outcome.kind))
    else finish(end)
  }

  /** Ends a whole answer whose connection stays open, as of its last bytes. */
  function endEarly(): void {
    stopWith({ outcome: receiver.end(), closedNs: receiver.lastByteNs() })
  }

  const cancel = () => stopFor(canceled)
  const ended = (outcome: () => ExchangeOutcome) => finish(decided ?? { outcome: outcome() })

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (decided) started.abort(new Error(decided.outcome.kind))
    },
    onResponseStart: (_controller, status, headers) => receiver.start(status, headers),
    onResponseData: (active, bytes) => {
      receiver.push(bytes)
      flow.check(active)
    },
    onResponseEnd: () => ended(receiver.end),
    onResponseError: (_controller, thrown) => ended(() => receiver.broken(classifyThrown(thrown))),
  }

  if (signal?.aborted) return cancel()
  const request = callRequest(options)
  if ('kind' in request) return finish({ outcome: request })
  signal?.addEventListener('abort', cancel, { once: true })
  const onSent = (fresh: boolean) => {
    deadlines.connected()
    sentOn = { reused: !fresh, connectNs: fresh ? clock.monoNs() - sentNs : 0 }
  }
  const onRefused = (thrown: unknown) => finish({ outcome: classifyThrown(thrown) })
  dispatch({ dispatcher: options.dispatcher, options: request, handler, onSent, onRefused })
}
