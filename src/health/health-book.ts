import { type EndpointHealth, type EndpointState, unknownHealth } from './endpoint-health.ts'
import type { HealthEvent } from './health-event.ts'
import type { HealthSettings } from './health-settings.ts'
import { createHealthTracker, type HealthTracker } from './health-tracker.ts'
import type { HealthWindows } from './health-windows.ts'
import { createKeyRests } from './key-rests.ts'
import { createToolCallJudge, type ToolCall } from './tool-call-quality.ts'

/** An answer that ended with tool calls. */
export interface ToolCallAnswer {
  /** The request's field `tools`, unchecked. */
  readonly tools: readonly unknown[]
  readonly calls: readonly ToolCall[]
  readonly atNs: number
}

/** An endpoint, the names of the keys it can be called with, and now. */
export interface EndpointAt {
  readonly endpointId: string
  /** Empty: keys do not matter. */
  readonly keyAliases: readonly string[]
  readonly nowNs: number
}

/** Remembers how endpoints and API keys behaved. Its memory is bounded for each of them. */
export interface HealthBook {
  /** What routing sees; cheap. An endpoint whose keys all rest is in cool-down. */
  read(at: EndpointAt): EndpointHealth
  /** Whether it is tried, since when and why. */
  state(at: EndpointAt): EndpointState
  /** Until when all of these keys are left alone at the endpoint; 0: one is at work, or there are none. */
  keyRestsUntilNs(at: EndpointAt): number
  /** What people see at `nowNs`: for pages, not for decisions. */
  windows(endpointId: string, nowNs: number): HealthWindows
  /** Asks the breaker of an endpoint to let a request through (`Breaker.beginProbe`). */
  beginProbe(endpointId: string, nowNs: number): boolean
  /** Takes in a finished attempt. */
  note(endpointId: string, event: HealthEvent): void
  /** Judges the tool calls of an answer and takes in the verdict. May take milliseconds: a schema is compiled. */
  judge(endpointId: string, answer: ToolCallAnswer): void
}

/** Makes an empty book. Time is an argument of each call. */
export function createHealthBook(settings: HealthSettings): HealthBook {
  const trackers = new Map<string, HealthTracker>()
  const keys = createKeyRests(settings)
  const toolCalls = createToolCallJudge()
  const nothingKnown = createHealthTracker(settings)

  function trackerOf(endpointId: string): HealthTracker {
    const known = trackers.get(endpointId)
    if (known) return known
    const tracker = createHealthTracker(settings)
    trackers.set(endpointId, tracker)
    return tracker
  }

  return Object.freeze<HealthBook>({
    read: ({ endpointId, keyAliases, nowNs }) => {
      const health = trackers.get(endpointId)?.read(nowNs) ?? unknownHealth
      const rest = keys.rest(endpointId, keyAliases, nowNs)
      return rest && rest.untilNs > health.coolDownUntilNs
        ? { ...health, coolDownUntilNs: rest.untilNs }
        : health
    },
    state: ({ endpointId, keyAliases, nowNs }) => {
      const state = (trackers.get(endpointId) ?? nothingKnown).state(nowNs)
      const rest = keys.rest(endpointId, keyAliases, nowNs)
      return rest && state.state !== 'open' && rest.untilNs > state.untilNs
        ? { state: 'cooling', ...rest }
        : state
    },
    keyRestsUntilNs: ({ endpointId, keyAliases, nowNs }) =>
      keys.rest(endpointId, keyAliases, nowNs)?.untilNs ?? 0,
    windows: (endpointId, nowNs) => (trackers.get(endpointId) ?? nothingKnown).windows(nowNs),
    beginProbe: (endpointId, nowNs) => trackers.get(endpointId)?.beginProbe(nowNs) ?? true,
    note: (endpointId, event) => {
      trackerOf(endpointId).note(event)
      keys.note(endpointId, event)
    },
    judge: (endpointId, { tools, calls, atNs }) =>
      trackerOf(endpointId).noteToolCalls(toolCalls.firstBad(tools, calls), atNs),
  })
}
