import { classOfExchange, errorTypeOf, type Exchange } from '../wire/index.ts'
import { nsPerMs } from '../core/index.ts'
import type { HealthBoard, NotedAttempt } from './health-board.ts'
import type { StateBoard } from './state-board.ts'

/** What was last seen of an endpoint. */
export interface LastAttempt {
  /** When it ended; monotonic nanoseconds. */
  readonly endedNs: number
  readonly isProbe: boolean
  readonly outcome: Exchange['outcome']['kind']
  /** Empty on success. */
  readonly errorType: string
  readonly latencyMs: number
  readonly ttftMs: number | null
}

/** A health board that also tells of changes and of the last attempt. */
export interface WatchedHealth extends HealthBoard {
  /** undefined: none yet. */
  last(endpointId: string): LastAttempt | undefined
}

/** What is told besides the board's own affairs. */
export interface WatchedHealthOptions {
  readonly board: HealthBoard
  readonly states: StateBoard
  /** Endpoints of the same provider: a key that is left alone wherever it is used concerns all of them. */
  readonly siblingsOf: (endpointId: string) => readonly string[]
}

/** Makes a board whose every note is followed by a look at the states it may have changed. */
export function watchedHealth({ board, states, siblingsOf }: WatchedHealthOptions): WatchedHealth {
  const last = new Map<string, LastAttempt>()

  function note(endpointId: string, exchange: Exchange, about: NotedAttempt): void {
    // What time has changed since the last look comes before what this attempt changes.
    states.look(endpointId, null)
    board.note(endpointId, exchange, about)
    last.set(endpointId, lastAttemptOf(exchange, about))
    const concerned = classOfExchange(exchange)?.coolsDown === 'key' ? siblingsOf(endpointId) : [endpointId]
    for (const id of concerned) states.look(id, about.call ?? null)
  }
  return Object.freeze<WatchedHealth>({ ...board, note, last: endpointId => last.get(endpointId) })
}

function lastAttemptOf(exchange: Exchange, { call }: NotedAttempt): LastAttempt {
  const { stamps, outcome } = exchange
  const sinceSent = (atNs: number) => (atNs - stamps.sentNs) / nsPerMs
  return {
    endedNs: stamps.closedNs,
    isProbe: call?.phase === 'probe',
    outcome: outcome.kind,
    errorType: errorTypeOf(exchange),
    latencyMs: sinceSent(stamps.closedNs),
    ttftMs: stamps.firstTokenNs === null ? null : sinceSent(stamps.firstTokenNs),
  }
}
