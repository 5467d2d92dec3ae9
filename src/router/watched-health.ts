import { nsPerMs } from '../core/index.ts'
import { classOfExchange, errorTypeOf, type Exchange } from '../wire/index.ts'
import type { HealthBoard, NotedAttempt } from './health-board.ts'
import type { LastAttempt, StateBoard } from './state-board.ts'

/** Makes a health board whose every note is followed by a look at the states it may have changed. */
export function watchedHealth(board: HealthBoard, states: StateBoard): HealthBoard {
  function note(endpointId: string, exchange: Exchange, about: NotedAttempt): void {
    // What time has changed since the last look comes before what this attempt changes.
    states.look(endpointId, null)
    board.note(endpointId, exchange, about)
    states.attempted(endpointId, lastAttemptOf(exchange, about))
    const isOfKey = classOfExchange(exchange)?.coolsDown === 'key'
    const look = isOfKey ? states.lookAtProvider : states.look
    look(endpointId, about.call ?? null)
  }
  return Object.freeze<HealthBoard>({ ...board, note })
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
