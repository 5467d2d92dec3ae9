import { type Clock, nsPerMs } from '../core/index.ts'
import {
  createHealthBook,
  type EndpointHealth,
  type EndpointState,
  type HealthEvent,
  type HealthSettings,
  type HealthWindows,
} from '../health/index.ts'
import { classOfExchange, errorTypeOf, type Exchange } from '../wire/index.ts'
import type { Call } from './call.ts'

/** What is known of an attempt besides its exchange. */
export interface NotedAttempt {
  /** Name of the API key that was used. */
  readonly keyAlias: string
  /** The endpoint has another key at work, so that a failure of this one says nothing about it. Default false. */
  readonly hasOtherKey?: boolean
  /** The request's field `tools`. Default: none. */
  readonly tools?: readonly unknown[]
  /** The request it was made for. Default: nobody's. */
  readonly call?: Pick<Call, 'requestId' | 'runId' | 'phase'>
}

/** Remembers how endpoints and API keys behaved. In memory and of this process; lost at a restart. */
export interface HealthBoard {
  /**
   * What routing sees now; cheap.
   *
   * @param keyAliases Names of the keys it can be called with: when all of them rest, it is in cool-down. Default: keys do not matter.
   */
  read(endpointId: string, keyAliases?: readonly string[]): EndpointHealth
  /** Whether it is tried now, since when and why. */
  state(endpointId: string, keyAliases?: readonly string[]): EndpointState
  /** What people see now: uptime, latency and throughput by window. */
  windows(endpointId: string): HealthWindows
  /** Monotonic nanoseconds until which a key is left alone at an endpoint; 0: it is at work. */
  keyRestsUntilNs(endpointId: string, keyAlias: string): number
  /**
   * Asks to be let through to an endpoint, right before an attempt at it. A half-open breaker takes the attempt as
   * its probe and lets no other through until it is noted, or for `probeMs`. True where the breaker is closed.
   */
  beginProbe(endpointId: string): boolean
  /**
   * Takes in a finished attempt. Its tool calls are judged in a later turn of the event loop, so that the answer
   * need not wait for it.
   */
  note(endpointId: string, exchange: Exchange, about: NotedAttempt): void
}

/** Makes an empty board. */
export function createHealthBoard(clock: Clock, settings: HealthSettings): HealthBoard {
  const book = createHealthBook(settings)
  const at = (endpointId: string, keyAliases: readonly string[] = []) => ({
    endpointId,
    keyAliases,
    nowNs: clock.monoNs(),
  })
  return Object.freeze<HealthBoard>({
    read: (endpointId, keyAliases) => book.read(at(endpointId, keyAliases)),
    state: (endpointId, keyAliases) => book.state(at(endpointId, keyAliases)),
    windows: endpointId => book.windows(endpointId, clock.monoNs()),
    keyRestsUntilNs: (endpointId, keyAlias) => book.keyRestsUntilNs(at(endpointId, [keyAlias])),
    beginProbe: endpointId => book.beginProbe(endpointId, clock.monoNs()),
    note: (endpointId, exchange, about) => {
      const { tools = [] } = about
      book.note(endpointId, healthEventOf(exchange, about))
      const { toolCalls: calls, finishReason, stamps } = exchange
      if (finishReason !== 'tool_calls' || calls === null) return
      setImmediate(() => book.judge(endpointId, { tools, calls, atNs: stamps.closedNs }))
    },
  })
}

/** What an attempt says about its endpoint. Pure. */
function healthEventOf(exchange: Exchange, about: NotedAttempt): HealthEvent {
  const { stamps, usage, retryAfterMs } = exchange
  const since = (atNs: number) => (atNs - stamps.sentNs) / nsPerMs
  const seconds = since(stamps.closedNs) / 1000
  // An answer that its caller took slowly says nothing of how fast it was made.
  const isMeasure = usage !== null && seconds > 0 && stamps.pausedNs === 0
  return {
    beganNs: stamps.sentNs,
    atNs: stamps.closedNs,
    result: resultOf(exchange, about),
    coolsDown: classOfExchange(exchange)?.coolsDown ?? 'nothing',
    keyAlias: about.keyAlias,
    retryAfterMs,
    ttftMs: stamps.firstTokenNs === null ? null : since(stamps.firstTokenNs),
    tokensPerSecond: isMeasure ? usage.outputTokens / seconds : null,
  }
}

/** The table of error types decides what counts (docs/errors.md). */
function resultOf(exchange: Exchange, { hasOtherKey = false }: NotedAttempt): HealthEvent['result'] {
  const errorClass = classOfExchange(exchange)
  if (errorClass === null) return 'ok'
  if (errorClass.coolsDown === 'key' && hasOtherKey) return 'refused'
  if (errorClass.countsAgainstUptime) return 'error'
  if (errorClass.fault === 'rate_limit') return 'rate_limit'
  return errorTypeOf(exchange) === 'permission_denied' ? 'refused' : 'ignored'
}
