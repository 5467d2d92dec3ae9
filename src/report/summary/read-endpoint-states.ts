import type { EndpointStateName } from '../../record/index.ts'
import { countOf, type Numeric } from './column-values.ts'
import type { EndpointStates, EndpointTimeline, StateSpan } from './endpoint-states.ts'
import { readMeasuredTime } from './read-measured-time.ts'
import type { RecordReader } from './record-reader.ts'

interface ChangeRow {
  readonly router: string
  readonly provider: string
  readonly model: string
  readonly endpoint: string
  readonly changes: Numeric
  readonly at_us: Numeric
  readonly from_state: EndpointStateName
  readonly to_state: EndpointStateName
  readonly reason: string
}

/** Bounds what a flapping endpoint adds to a report. */
const mostChanges = 500

const changesSql = `SELECT toString(router) AS router, toString(provider) AS provider, toString(model) AS model,
  toString(endpoint) AS endpoint, toUnixTimestamp64Micro(ts) AS at_us, toString(from_state) AS from_state,
  toString(to_state) AS to_state, reason, count() OVER (PARTITION BY router, endpoint) AS changes
FROM endpoint_states WHERE run_id = {run_id:String}
ORDER BY router, endpoint, ts LIMIT ${mostChanges} BY router, endpoint`

/** Attempts end within their request, so the last request ends last. */
const endSql = `SELECT greatest(
  (SELECT ifNull(toUnixTimestamp64Micro(argMax(ended_at, version)), 0) FROM runs WHERE run_id = {run_id:String}),
  (SELECT max(toUnixTimestamp64Micro(ts) + latency_us) FROM requests WHERE run_id = {run_id:String})) AS end_us`

const nothing: EndpointStates = { fromSeconds: 0, toSeconds: 0, endpoints: [] }

/** What routers thought of their endpoints over the run, all phases; empty when nothing changed. */
export async function readEndpointStates(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<EndpointStates> {
  const rows = await reader.query<ChangeRow>(changesSql, params)
  if (rows.length === 0) return nothing
  const [ended] = await reader.query<{ end_us: Numeric }>(endSql, params)
  const { zeroUs } = await readMeasuredTime(reader, params)
  const times = rows.map(row => countOf(row.at_us))
  const firstUs = times.reduce((first, at) => Math.min(first, at))
  const lastUs = times.reduce((last, at) => Math.max(last, at), countOf(ended?.end_us))
  const originUs = zeroUs === 0 ? firstUs : zeroUs
  const secondsOf = (atUs: number) => Math.round((atUs - originUs) / 1000) / 1000
  const range = { fromSeconds: secondsOf(Math.min(originUs, firstUs)), toSeconds: secondsOf(lastUs) }
  const byEndpoint = Object.groupBy(rows, row => `${row.router}\n${row.endpoint}`)
  const endpoints = Object.values(byEndpoint).flatMap(changes =>
    changes?.[0] ? [timelineOf(changes[0], changes, { ...range, secondsOf })] : [],
  )
  return { ...range, endpoints }
}

interface Range {
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly secondsOf: (atUs: number) => number
}

function timelineOf(first: ChangeRow, rows: readonly ChangeRow[], range: Range): EndpointTimeline {
  const { router, provider, model, endpoint } = first
  const before = { state: first.from_state, fromSeconds: range.fromSeconds, reason: '' }
  const after = rows.map(row => ({
    state: row.to_state,
    fromSeconds: range.secondsOf(countOf(row.at_us)),
    reason: row.reason,
  }))
  const starts = [before, ...after]
  // How long the last of a part of them lasted is not known.
  const ended = countOf(first.changes) > rows.length ? starts.slice(0, -1) : starts
  const spans = ended.map(
    (span, index): StateSpan => ({
      state: span.state,
      fromSeconds: span.fromSeconds,
      toSeconds: starts[index + 1]?.fromSeconds ?? range.toSeconds,
      reason: span.reason,
    }),
  )
  return { router, provider, model, endpoint, changes: countOf(first.changes), spans }
}
