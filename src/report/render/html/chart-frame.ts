import type { ChartSize } from './draw-chart.ts'

/** Colours of series, in order; defined by the page's style. */
const seriesColors = ['var(--s1)', 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)']

/** The colour of the series at `index`. */
export function seriesColor(index: number): string {
  return seriesColors[index % seriesColors.length] ?? 'var(--s1)'
}

const textStyle = { color: 'var(--muted)', fontSize: 11 }

/** The plot area: labels take the room they need, nothing else does. */
export const grid = {
  left: 4,
  right: 14,
  top: 10,
  bottom: 2,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
}

/** An axis with quiet lines. */
export function axis(own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { axisLabel, ...rest } = own
  const label = typeof axisLabel === 'object' ? axisLabel : {}
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: 'var(--line)' } },
    ...rest,
    axisLabel: { ...textStyle, ...label },
  }
}

/** A length of time as a person says it. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  return seconds < 3600 ? `${round(seconds / 60)} min` : `${round(seconds / 3600)} h`
}

/** Milliseconds as an axis says them. */
export function formatAxisMs(ms: number): string {
  return ms >= 1000 ? `${round(ms / 1000)} s` : `${ms} ms`
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400]

/** An x axis in seconds since the zero of the timeline. */
export function timeAxis({ narrow }: ChartSize, lastSecond: number): Readonly<Record<string, unknown>> {
  const wanted = lastSecond / (narrow ? 4 : 7)
  const step = timeSteps.find(one => one >= wanted) ?? wanted
  return axis({
    type: 'value',
    min: 0,
    max: lastSecond,
    interval: step,
    splitLine: { show: false },
    axisLabel: {
      formatter: (seconds: number) => (seconds % step === 0 ? formatSeconds(seconds) : ''),
      alignMinLabel: 'left',
    },
  })
}

/** Steps of 1, 2 and 5 that enclose `low` to `high`, for the labels of a logarithmic axis. */
export function logSteps(low: number, high: number): readonly number[] {
  const from = Math.floor(Math.log10(Math.max(low, 0.01)))
  const to = Math.ceil(Math.log10(Math.max(high, 0.02)))
  const steps = Array.from({ length: to - from + 1 }, (_, decade) =>
    [1, 2, 5].map(step => Number((step * 10 ** (from + decade)).toPrecision(1))),
  ).flat()
  const first = steps.findLastIndex(step => step <= low)
  const last = steps.findIndex(step => step >= high)
  return steps.slice(Math.max(0, first), last === -1 ? undefined : last + 1)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
