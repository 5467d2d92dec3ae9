import { type Clock, nsPerMs } from '../core/index.ts'
import {
  createHealthBook,
  type EndpointHealth,
  type HealthEvent,
  type HealthSettings,
  type HealthWindows,
} from '../policy/index.ts'
import type { Exchange } from '../wire/index.ts'

/** Remembers how endpoints behaved. In memory and of this process; lost at a restart. */
export interface HealthBoard {
  /** What routing sees now; cheap. */
  read(endpointId: string): EndpointHealth
  /** What people see now: uptime, latency and throughput by window. */
  windows(endpointId: string): HealthWindows
  /**
   * Takes in a finished attempt. Its tool calls are judged in a later turn of the event loop, so that the answer
   * need not wait for it.
   *
   * @param tools The request's field `tools`.
   */
  note(endpointId: string, exchange: Exchange, tools?: readonly unknown[]): void
}

/** Makes an empty board. */
export function createHealthBoard(clock: Clock, settings: HealthSettings): HealthBoard {
  const book = createHealthBook(settings)
  return Object.freeze<HealthBoard>({
    read: endpointId => book.read(endpointId, clock.monoNs()),
    windows: endpointId => book.windows(endpointId, clock.monoNs()),
    note: (endpointId, exchange, tools = []) => {
      book.note(endpointId, healthEventOf(exchange))
      const { toolCalls: calls, finishReason, stamps } = exchange
      if (finishReason !== 'tool_calls' || calls === null) return
      setImmediate(() => book.judge(endpointId, { tools, calls, atNs: stamps.closedNs }))
    },
  })
}

/** What an attempt says about its endpoint. Pure. */
function healthEventOf(exchange: Exchange): HealthEvent {
  const { stamps, usage, retryAfterMs } = exchange
  const since = (atNs: number) => (atNs - stamps.sentNs) / nsPerMs
  const seconds = since(stamps.closedNs) / 1000
  return {
    atNs: stamps.closedNs,
    result: resultOf(exchange),
    retryAfterMs,
    ttftMs: stamps.firstTokenNs === null ? null : since(stamps.firstTokenNs),
    tokensPerSecond: usage && seconds > 0 ? usage.outputTokens / seconds : null,
  }
}

/** Blame decides what counts (docs/metrics.md): provider and network do, the caller does not. */
function resultOf({ outcome }: Exchange): HealthEvent['result'] {
  if (outcome.kind === 'ok') return 'ok'
  if (outcome.kind === 'truncated') return 'error'
  if (outcome.kind === 'canceled') return 'ignored'
  if (outcome.errorType === 'permission_denied') return 'refused'
  if (outcome.fault === 'rate_limit') return 'rate_limit'
  return outcome.fault === 'provider' || outcome.fault === 'network' ? 'error' : 'ignored'
}
