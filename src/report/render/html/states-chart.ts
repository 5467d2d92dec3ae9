import type { EndpointStateName } from '../../../record/index.ts'
import type { RunSummary } from '../../summary/run-summary.ts'
import { stateSlices, statesByWeight } from '../state-slices.ts'
import { nameOf } from '../state-tables.ts'
import { axis, grid, timeAxis } from './chart-frame.ts'
import type { Chart } from './draw-chart.ts'

/** More would be a page of its own; the table below the charts has all. */
const mostBars = 24
/** As fine as the drawing is wide. */
const slices = 360

const colors: Readonly<Record<EndpointStateName, string>> = {
  open: 'var(--bad)',
  half_open: 'var(--s2)',
  cooling: 'var(--s1-soft)',
  closed: 'var(--line)',
}

/** One bar an endpoint, in the colours of its states over time; empty when no state changed. */
export function statesChart({ endpointStates, timeline }: RunSummary): readonly Chart[] {
  const { toSeconds, endpoints } = endpointStates
  const shown = endpoints.slice(0, mostBars)
  if (shown.length === 0 || toSeconds <= 0) return []
  const width = toSeconds / slices
  const bars = shown.map(({ spans }) =>
    pieces(stateSlices(spans, { fromSeconds: 0, toSeconds, slices }), width),
  )
  const most = Math.max(...bars.map(bar => bar.length))
  const height = 36 + shown.length * 24
  const zero = timeline.zero === 'run_start' ? 'the start of the run' : 'the first request'
  const left = endpoints.length - shown.length
  return [
    {
      id: 'endpoint-states',
      title: 'Endpoint states over time',
      note: `counted from ${zero}${left > 0 ? `; ${left} more endpoints changed` : ''}`,
      legend: statesByWeight.map(state => ({ name: state.replace('_', ' '), color: colors[state] })),
      wideHeight: height,
      narrowHeight: height,
      option: size => ({
        // Names are wider in the reader's font than where they are measured.
        grid: { ...grid, left: 12 },
        xAxis: timeAxis(size, toSeconds),
        yAxis: axis({
          type: 'category',
          inverse: true,
          data: shown.map(one => nameOf(one, endpoints)),
          axisLabel: {
            color: 'var(--text)',
            width: size.narrow ? 100 : 170,
            overflow: 'truncate',
            interval: 0,
          },
        }),
        // The n-th pieces of all bars are one series.
        series: Array.from({ length: most }, (_, index) =>
          stacked(bars.map(bar => bar[index] ?? { value: 0, color: 'transparent' })),
        ),
      }),
    },
  ]
}

interface Piece {
  /** Seconds. */
  readonly value: number
  readonly color: string
}

/** Neighbouring slices of one state as one piece. */
function pieces(states: readonly (EndpointStateName | null)[], width: number): readonly Piece[] {
  const found: { color: string; value: number }[] = []
  for (const state of states) {
    const color = state === null ? 'transparent' : colors[state]
    const last = found.at(-1)
    if (last?.color === color) last.value += width
    else found.push({ color, value: width })
  }
  return found
}

function stacked(data: readonly Piece[]): Readonly<Record<string, unknown>> {
  return {
    type: 'bar',
    stack: 'states',
    barWidth: 12,
    data: data.map(({ value, color }) => ({ value, itemStyle: { color } })),
  }
}
