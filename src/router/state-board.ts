import type { Endpoint } from '../catalog/index.ts'
import { type Clock, nsPerMs } from '../core/index.ts'
import type { EndpointState } from '../health/index.ts'
import {
  type EndpointStateRecord,
  type OutcomeName,
  type RecordSink,
  schemaVersion,
} from '../record/index.ts'
import type { Call } from './call.ts'

/** The request behind a change; null where time alone changed something. */
export type StateCause = Pick<Call, 'requestId' | 'runId'> | null

/** What was last seen of an endpoint. */
export interface LastAttempt {
  /** When it ended; monotonic nanoseconds. */
  readonly endedNs: number
  readonly isProbe: boolean
  readonly outcome: OutcomeName
  /** Empty on success. */
  readonly errorType: string
  readonly latencyMs: number
  readonly ttftMs: number | null
}

/** Remembers in which state each endpoint was last seen, and records every change. */
export interface StateBoard {
  /** Looks at an endpoint now. Between two looks, the ends of open times and cool-downs are seen by themselves. */
  look(endpointId: string, cause: StateCause): void
  /** Looks at every endpoint of its provider: a key that is left alone wherever it is used concerns all of them. */
  lookAtProvider(endpointId: string, cause: StateCause): void
  /** Remembers an attempt that has ended. */
  attempted(endpointId: string, attempt: LastAttempt): void
  /** undefined: none yet. */
  last(endpointId: string): LastAttempt | undefined
  /** Health begins anew: whatever was left alone serves again. */
  restart(): void
  /** Waits for nothing any more. */
  close(): void
}

/** What a state board is made of. */
export interface StateBoardOptions {
  readonly clock: Clock
  readonly sink: RecordSink
  /** Name of this router in the rows. */
  readonly router: string
  /** Run that this router serves; null: each row goes under the run of the request behind it. */
  readonly runId: string | null
  /** An endpoint and its state now; null: there is no such endpoint any more. */
  readonly read: (endpointId: string) => { readonly endpoint: Endpoint; readonly state: EndpointState } | null
  /** Ids of the endpoints of the same provider, itself among them. */
  readonly siblingsOf: (endpointId: string) => readonly string[]
}

interface Seen {
  readonly endpoint: Endpoint
  readonly state: EndpointState
  /** Of its last row; monotonic nanoseconds. */
  readonly changedNs: number
  readonly runId: string
}

const closed: EndpointState = {
  state: 'closed',
  sinceNs: Number.NEGATIVE_INFINITY,
  untilNs: 0,
  reason: '',
}
const nobody = '00000000-0000-0000-0000-000000000000'
/** Times of rows are whole microseconds, and no two rows of an endpoint have the same. */
const nsPerUs = 1000

/** Makes an empty board: every endpoint counts as closed. Its memory is bounded by the catalogue. */
export function createStateBoard(options: StateBoardOptions): StateBoard {
  const { clock, read } = options
  const seen = new Map<string, Seen>()
  const waits = new Map<string, AbortController>()
  const last = new Map<string, LastAttempt>()

  function look(endpointId: string, cause: StateCause): void {
    const found = read(endpointId)
    const before = seen.get(endpointId)
    const endpoint = found?.endpoint ?? before?.endpoint
    if (!endpoint) return
    see(endpoint, found?.state ?? { ...closed, reason: 'it has left the catalogue' }, cause)
  }

  function see(endpoint: Endpoint, state: EndpointState, cause: StateCause): void {
    const nowNs = clock.monoNs()
    const before = seen.get(endpoint.id) ?? {
      state: closed,
      changedNs: Number.NEGATIVE_INFINITY,
      runId: '',
    }
    const runId = options.runId ?? cause?.runId ?? before.runId
    if (before.state.state === state.state) {
      // The same state may last longer than it was to: a cool-down was extended.
      if (before.state.untilNs !== state.untilNs) wait(endpoint.id, state)
      if (state.state !== 'closed') seen.set(endpoint.id, { ...before, endpoint, state })
      return
    }
    const changedNs = Math.max(changeOf(before.state, state, nowNs), before.changedNs + nsPerUs)
    seen.set(endpoint.id, { endpoint, state, changedNs, runId })
    options.sink.state(rowOf({ endpoint, before: before.state, state, changedNs, runId, cause }, options))
    wait(endpoint.id, state)
  }

  /** Looks again when the state ends by itself. */
  function wait(endpointId: string, { state, untilNs }: EndpointState): void {
    waits.get(endpointId)?.abort()
    waits.delete(endpointId)
    if (untilNs === 0 || state === 'closed' || state === 'half_open') return
    const stopped = new AbortController()
    waits.set(endpointId, stopped)
    void clock.sleepUntil(untilNs, stopped.signal).then(
      () => look(endpointId, null),
      () => undefined,
    )
  }

  const stopWaiting = () => {
    for (const stopped of waits.values()) stopped.abort()
    waits.clear()
  }

  function restart(): void {
    stopWaiting()
    for (const { endpoint, state } of seen.values()) {
      if (state.state !== 'closed') see(endpoint, { ...closed, reason: 'health began anew' }, null)
    }
  }

  return Object.freeze<StateBoard>({
    look,
    lookAtProvider: (endpointId, cause) => options.siblingsOf(endpointId).forEach(id => look(id, cause)),
    attempted: (endpointId, attempt) => void last.set(endpointId, attempt),
    last: endpointId => last.get(endpointId),
    restart,
    close: stopWaiting,
  })
}

/** When a state took the place of another: by its own account, or when the other was to end, or now. */
function changeOf(before: EndpointState, { sinceNs }: EndpointState, nowNs: number): number {
  if (sinceNs > before.sinceNs && sinceNs <= nowNs) return sinceNs
  return before.untilNs > 0 && before.untilNs <= nowNs ? before.untilNs : nowNs
}

interface Change {
  readonly endpoint: Endpoint
  readonly before: EndpointState
  readonly state: EndpointState
  readonly changedNs: number
  readonly runId: string
  readonly cause: StateCause
}

function rowOf(change: Change, { clock, router }: StateBoardOptions): EndpointStateRecord {
  const { endpoint, before, state, changedNs, runId, cause } = change
  const endsByItself = state.untilNs > 0 && state.state !== 'half_open'
  return {
    ts: clock.toEpochUs(changedNs),
    run_id: runId,
    router,
    provider: endpoint.provider.id,
    model: endpoint.modelId,
    endpoint: endpoint.id,
    from_state: before.state,
    to_state: state.state,
    reason: reasonOf(before, state, cause),
    until: endsByItself ? clock.toEpochUs(state.untilNs) : null,
    request_id: cause?.requestId ?? nobody,
    schema_version: schemaVersion,
  }
}

/** Health says why an endpoint is left alone; why it is not any more follows from what was before. */
function reasonOf(before: EndpointState, state: EndpointState, cause: StateCause): string {
  switch (state.state) {
    case 'open':
    case 'cooling':
      return state.reason
    case 'half_open':
      return before.state === 'open'
        ? `after ${Math.round((before.untilNs - before.sinceNs) / nsPerMs)} ms the next request may try it`
        : state.reason
    case 'closed':
      if (state.reason !== '') return state.reason
      return cause === null ? 'rested' : 'it answered'
  }
}
