import type { EndpointStateName } from '../../record/index.ts'
import type { EndpointTimeline } from '../summary/endpoint-states.ts'
import type { RunSummary } from '../summary/run-summary.ts'
import { absent, formatCount } from './format-value.ts'
import { cell, numberColumn, type ReportCell, type ReportTable, textColumn } from './report-table.ts'
import { stateSlices } from './state-slices.ts'

const stripLength = 40
const marks: Readonly<Record<EndpointStateName, string>> = {
  closed: '·',
  cooling: '░',
  half_open: '▒',
  open: '█',
}
const words: Readonly<Record<EndpointStateName, string>> = {
  closed: 'closed',
  cooling: 'cooling',
  half_open: 'half open',
  open: 'open',
}

/** How the state of each endpoint went, as a strip of time; without rows when nothing changed. */
export function statesTable({ endpointStates }: RunSummary): ReportTable {
  const { fromSeconds, toSeconds, endpoints } = endpointStates
  const legend = Object.entries(marks).map(([state, mark]) => `${mark} ${state.replace('_', ' ')}`)
  const range = `${formatSecond(fromSeconds)} s to ${formatSecond(toSeconds)} s`
  const spent = (timeline: EndpointTimeline, state: EndpointStateName) =>
    cell(formatDuration(secondsIn(timeline, state)))
  return {
    id: 'endpoint-states',
    title: 'Endpoint states',
    note: 'What the router thought of each endpoint whose state changed: a closed one serves, a cooling or open one is left alone, a half-open one is tried again by one request.',
    foot: `${legend.join(', ')}; ${range}. Each mark is the worst of its time.`,
    columns: [
      textColumn('Endpoint'),
      textColumn('Timeline', { rank: 8 }),
      numberColumn('Changes', { rank: 4 }),
      numberColumn('Cooling', { unit: 's', rank: 6 }),
      numberColumn('Open', { unit: 's', rank: 7 }),
      numberColumn('Half open', { unit: 's', rank: 5 }),
    ],
    rows: endpoints.map(timeline => [
      cell(nameOf(timeline, endpoints)),
      cell(stripOf(timeline, endpointStates)),
      cell(formatCount(timeline.changes)),
      spent(timeline, 'cooling'),
      spent(timeline, 'open'),
      spent(timeline, 'half_open'),
    ]),
  }
}

/** Every time that an endpoint did not simply serve, and why; without rows when nothing changed. */
export function stateSpansTable({
  endpointStates: { endpoints },
  timeline: { zero },
}: RunSummary): ReportTable {
  const rows = endpoints.flatMap(timeline =>
    timeline.spans
      .filter(({ state }) => state !== 'closed')
      .map(span => ({ name: nameOf(timeline, endpoints), span })),
  )
  const isShort = endpoints.some(({ changes, spans }) => changes >= spans.length)
  return {
    id: 'endpoint-state-spans',
    title: 'Endpoints left alone',
    note: `Seconds since ${zero === 'run_start' ? 'the start of the run' : 'the first request'}.`,
    foot: isShort ? 'Of an endpoint with more than 500 changes, the first are listed.' : '',
    columns: [
      textColumn('Endpoint'),
      numberColumn('From', { unit: 's', rank: 8 }),
      numberColumn('To', { unit: 's', rank: 8 }),
      textColumn('State', { rank: 7 }),
      textColumn('Why', { rank: 6 }),
    ],
    rows: rows
      .toSorted((a, b) => a.span.fromSeconds - b.span.fromSeconds)
      .map(({ name, span }): readonly ReportCell[] => [
        cell(name),
        cell(formatSecond(span.fromSeconds)),
        cell(formatSecond(span.toSeconds)),
        cell(words[span.state]),
        cell(span.reason || absent),
      ]),
  }
}

/** Two routers of a run may know the same endpoint. */
export function nameOf({ endpoint, router }: EndpointTimeline, all: readonly EndpointTimeline[]): string {
  const isShared = all.some(other => other.router !== router)
  return isShared ? `${endpoint} (${router})` : endpoint
}

function stripOf(
  { spans }: EndpointTimeline,
  { fromSeconds, toSeconds }: RunSummary['endpointStates'],
): string {
  const slices = stateSlices(spans, { fromSeconds, toSeconds, slices: stripLength })
  return slices.map(state => (state === null ? ' ' : marks[state])).join('')
}

function secondsIn({ spans }: EndpointTimeline, state: EndpointStateName): number {
  const own = spans.filter(span => span.state === state)
  return own.reduce((sum, { fromSeconds, toSeconds }) => sum + toSeconds - fromSeconds, 0)
}

/** A length of time; what did not happen at all stands apart from what was short. */
function formatDuration(seconds: number): string {
  return seconds === 0 ? absent : formatSecond(seconds)
}

/** To a tenth of a second, which is what a timeline of minutes needs. */
function formatSecond(seconds: number): string {
  return seconds.toFixed(1)
}
