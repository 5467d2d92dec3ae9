import { type Clock, nsPerMs } from '../core/index.ts'
import {
  type EndpointHealth,
  freshHealth,
  type HealthEvent,
  type HealthSettings,
  type HealthState,
  readHealth,
  updateHealth,
} from '../policy/index.ts'
import type { Exchange, ExchangeOutcome } from '../wire/index.ts'

/** Remembers how endpoints behaved. In memory and of this process; lost at a restart. */
export interface HealthBoard {
  read(endpointId: string): EndpointHealth
  /** Takes in a finished attempt. */
  note(endpointId: string, exchange: Exchange): void
}

/** Makes an empty board. */
export function createHealthBoard(clock: Clock, settings: HealthSettings): HealthBoard {
  const states = new Map<string, HealthState>()
  const stateOf = (endpointId: string) => states.get(endpointId) ?? freshHealth
  return Object.freeze<HealthBoard>({
    read: endpointId => readHealth(stateOf(endpointId), clock.monoNs(), settings),
    note: (endpointId, exchange) => {
      states.set(endpointId, updateHealth(stateOf(endpointId), healthEventOf(exchange), settings))
    },
  })
}

/** What an attempt says about its endpoint. Pure. */
function healthEventOf({ outcome, stamps, usage, retryAfterMs }: Exchange): HealthEvent {
  const since = (atNs: number) => (atNs - stamps.sentNs) / nsPerMs
  const seconds = since(stamps.closedNs) / 1000
  return {
    atNs: stamps.closedNs,
    result: resultOf(outcome),
    retryAfterMs,
    ttftMs: stamps.firstTokenNs === null ? null : since(stamps.firstTokenNs),
    tokensPerSecond: usage && seconds > 0 ? usage.outputTokens / seconds : null,
  }
}

function resultOf(outcome: ExchangeOutcome): HealthEvent['result'] {
  if (outcome.kind === 'ok') return 'ok'
  if (outcome.kind === 'truncated') return 'error'
  if (outcome.kind === 'canceled') return 'ignored'
  if (outcome.fault === 'rate_limit') return 'rate_limit'
  return outcome.fault === 'provider' || outcome.fault === 'network' ? 'error' : 'ignored'
}
