import {
  createHealthTracker,
  type HealthEvent,
  type HealthSettings,
  type HealthTracker,
  unknownHealth,
} from './health.ts'
import type { HealthWindows } from './health-windows.ts'
import { createToolCallJudge, type ToolCall } from './tool-call-quality.ts'
import type { EndpointHealth } from './types.ts'

/** An answer that ended with tool calls. */
export interface ToolCallAnswer {
  /** The request's field `tools`, unchecked. */
  readonly tools: readonly unknown[]
  readonly calls: readonly ToolCall[]
  readonly atNs: number
}

/** Remembers how endpoints behaved. Its memory is bounded for each of them. */
export interface HealthBook {
  /** What routing sees at `nowNs`; cheap. */
  read(endpointId: string, nowNs: number): EndpointHealth
  /** What people see at `nowNs`: for pages, not for decisions. */
  windows(endpointId: string, nowNs: number): HealthWindows
  /** Takes in a finished attempt. */
  note(endpointId: string, event: HealthEvent): void
  /** Judges the tool calls of an answer and takes in the verdict. May take milliseconds: a schema is compiled. */
  judge(endpointId: string, answer: ToolCallAnswer): void
}

/** Makes an empty book. Time is an argument of each call. */
export function createHealthBook(settings: HealthSettings): HealthBook {
  const trackers = new Map<string, HealthTracker>()
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
    read: (endpointId, nowNs) => trackers.get(endpointId)?.read(nowNs) ?? unknownHealth,
    windows: (endpointId, nowNs) => (trackers.get(endpointId) ?? nothingKnown).windows(nowNs),
    note: (endpointId, event) => trackerOf(endpointId).note(event),
    judge: (endpointId, { tools, calls, atNs }) =>
      trackerOf(endpointId).noteToolCalls(toolCalls.firstBad(tools, calls), atNs),
  })
}
