import type { Distribution, Quantiles, RunSummary, ServedSummary } from '../../summary/run-summary.ts'
import { axis, formatAxisMs, grid, logSteps, seriesColor } from './chart-frame.ts'
import type { Chart } from './draw-chart.ts'

const mostSeries = 6
const mostBars = 12

/** Quantiles of TTFT and of latency by the provider that answered. */
export function rangeCharts(summary: RunSummary): readonly Chart[] {
  return [...rangeChart(summary, 'ttft'), ...rangeChart(summary, 'latency')]
}

/** Cumulative share of requests by TTFT; of arms when there are several, else of providers. */
export function distributionChart({ ttftDistribution, arms }: RunSummary): readonly Chart[] {
  const { levels, series } = ttftDistribution
  const by = Object.keys(arms).length > 1 ? 'arm' : 'provider'
  const shown = series.filter(one => one.by === by && one.n > 0).slice(0, mostSeries)
  if (shown.length === 0) return []
  const last = levels.indexOf(0.999)
  const pointsOf = ({ ms }: Distribution) =>
    levels.slice(1, last + 1).map((level, index) => [Math.max(ms[index + 1] ?? 0, 0.01), level * 100])
  const all = shown.flatMap(pointsOf).map(([ms = 0]) => ms)
  const steps = logSteps(Math.min(...all), Math.max(...all))
  return [
    {
      id: 'ttft-distribution',
      title: 'TTFT distribution',
      note: `share of requests that had their first token by then, by ${by}; p1 to p99.9`,
      legend: shown.map(({ name }, index) => ({ name, color: seriesColor(index) })),
      wideHeight: 220,
      narrowHeight: 200,
      option: ({ narrow }) => ({
        grid,
        xAxis: axis({
          type: 'log',
          min: steps[0],
          max: steps.at(-1),
          splitLine: { show: false },
          axisLabel: {
            formatter: formatAxisMs,
            customValues: thinned(steps, narrow ? 5 : 9),
            hideOverlap: true,
          },
        }),
        yAxis: axis({ type: 'value', min: 0, max: 100, interval: 25, axisLabel: { formatter: '{value} %' } }),
        series: shown.map((one, index) => ({
          type: 'line',
          name: one.name,
          data: pointsOf(one),
          showSymbol: false,
          lineStyle: { color: seriesColor(index), width: 1.8 },
        })),
      }),
    },
  ]
}

/** One bar a provider and model: from p50 to p95, and paler on to p99. */
function rangeChart({ served }: RunSummary, kind: 'ttft' | 'latency'): readonly Chart[] {
  const timesOf = (row: ServedSummary): Quantiles => (kind === 'ttft' ? row.ttftMs : row.latencyMs)
  const rows = served.filter(row => timesOf(row).n > 0).slice(0, mostBars)
  if (rows.length === 0) return []
  const oneModel = new Set(rows.map(({ model }) => model)).size === 1
  const names = rows.map(({ provider, model }) => (oneModel ? provider : `${provider} ${model}`.trim()))
  const value = (pick: (times: Quantiles) => number | null) => rows.map(row => pick(timesOf(row)) ?? 0)
  const p50 = value(times => times.p50)
  const p95 = value(times => times.p95)
  const p99 = value(times => times.p99)
  const height = 44 + rows.length * 30
  return [
    {
      id: `${kind}-providers`,
      title: kind === 'ttft' ? 'TTFT by provider' : 'Latency by provider',
      note: 'dot p50, bar to p95, pale to p99',
      legend: [],
      wideHeight: height,
      narrowHeight: height,
      option: ({ narrow }) => ({
        grid,
        xAxis: axis({
          type: 'value',
          min: 0,
          splitNumber: narrow ? 3 : 5,
          axisLabel: { formatter: formatAxisMs, hideOverlap: true },
        }),
        yAxis: axis({
          type: 'category',
          inverse: true,
          data: names,
          axisLabel: { color: 'var(--text)', width: narrow ? 100 : 170, overflow: 'truncate', interval: 0 },
        }),
        series: [
          stacked('transparent', p50),
          stacked('var(--s1-soft)', minus(p95, p50)),
          stacked('var(--s1-pale)', minus(p99, p95)),
          {
            type: 'scatter',
            data: p50.map((x, y) => [x, y]),
            symbolSize: 10,
            itemStyle: { color: 'var(--s1)', opacity: 1 },
            z: 5,
          },
        ],
      }),
    },
  ]
}

/** One stretch of a bar that is made of several, end to end. */
function stacked(color: string, data: readonly number[]): Readonly<Record<string, unknown>> {
  return { type: 'bar', stack: 'range', barWidth: 10, data, itemStyle: { color } }
}

const minus = (highs: readonly number[], lows: readonly number[]) =>
  highs.map((high, index) => Math.max(0, high - (lows[index] ?? 0)))

/** At most about `most` of the steps, evenly taken. */
function thinned(steps: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(steps.length / most)
  return steps.filter((_, index) => index % every === 0)
}
