import type { EndpointStateName } from '../../record/index.ts'

/** A stretch of time in which a router thought the same of an endpoint. Seconds count as those of the timeline do. */
export interface StateSpan {
  /** `closed`: it served; `cooling`, `open` and `half_open` are in docs/routing.md. */
  readonly state: EndpointStateName
  readonly fromSeconds: number
  readonly toSeconds: number
  /** Why it began; empty for the first, which was there before anything changed. */
  readonly reason: string
}

/** What one router thought of one endpoint, without gaps. */
export interface EndpointTimeline {
  readonly router: string
  readonly provider: string
  readonly model: string
  readonly endpoint: string
  /** Of all times; the spans are those of the first 500. */
  readonly changes: number
  readonly spans: readonly StateSpan[]
}

/** How states of endpoints went; endpoints that were `closed` all the time are not in it. */
export interface EndpointStates {
  /** The time that is shown: from the timeline's zero, or the first change before it, to the end of the run. */
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly endpoints: readonly EndpointTimeline[]
}
