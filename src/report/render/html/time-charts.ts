import type { RunSummary, TimeBucket, Timeline } from '../../summary/run-summary.ts'
import { axis, formatAxisMs, formatSeconds, grid, seriesColor, timeAxis } from './chart-frame.ts'
import type { Chart } from './draw-chart.ts'

/** How TTFT, requests and failures went over the run; empty without measured requests. */
export function timeCharts({ timeline }: RunSummary): readonly Chart[] {
  if (timeline.buckets.length < 2) return []
  const zero = timeline.zero === 'run_start' ? 'the start of the run' : 'the first request'
  const per = `per ${formatSeconds(timeline.bucketSeconds)}, counted from ${zero}`
  const timed = timeline.buckets.some(({ ttftP50Ms }) => ttftP50Ms !== null)
  return [...(timed ? [ttftChart(timeline, per)] : []), requestsChart(timeline, per)]
}

function ttftChart({ buckets, bucketSeconds }: Timeline, per: string): Chart {
  const lines = [
    { name: 'p50', color: seriesColor(0), of: ({ ttftP50Ms }: TimeBucket) => ttftP50Ms },
    { name: 'p95', color: seriesColor(1), of: ({ ttftP95Ms }: TimeBucket) => ttftP95Ms },
  ]
  return {
    id: 'ttft-time',
    title: 'TTFT over time',
    note: `${per}, by when the request was sent`,
    legend: lines,
    wideHeight: 220,
    narrowHeight: 200,
    option: size => ({
      grid,
      xAxis: timeAxis(size, endOf(buckets, bucketSeconds)),
      yAxis: axis({ type: 'value', splitNumber: 4, axisLabel: { formatter: formatAxisMs } }),
      series: lines.map(({ name, color, of }) => ({
        type: 'line',
        name,
        data: buckets.map(bucket => [bucket.atSeconds + bucketSeconds / 2, of(bucket)]),
        // A lone bucket between gaps has no line to show it.
        showSymbol: buckets.length < 20,
        symbol: 'circle',
        symbolSize: 4,
        itemStyle: { color },
        lineStyle: { color, width: 1.8 },
      })),
    }),
  }
}

function requestsChart({ buckets, bucketSeconds }: Timeline, per: string): Chart {
  const all = [
    { name: 'ok', color: 'var(--ok)', of: ({ ok }: TimeBucket) => ok },
    { name: 'failed', color: 'var(--bad)', of: ({ failed }: TimeBucket) => failed },
    { name: 'canceled', color: 'var(--faint)', of: ({ canceled }: TimeBucket) => canceled },
  ]
  const stacks = all.filter(({ of }, index) => index < 2 || buckets.some(bucket => of(bucket) > 0))
  return {
    id: 'requests-time',
    title: 'Requests over time',
    note: `${per}; measured requests only`,
    legend: stacks,
    wideHeight: 220,
    narrowHeight: 200,
    option: size => ({
      grid,
      xAxis: timeAxis(size, endOf(buckets, bucketSeconds)),
      yAxis: axis({ type: 'value', splitNumber: 4, minInterval: 1 }),
      series: stacks.map(({ name, color, of }) => ({
        type: 'bar',
        name,
        stack: 'requests',
        barWidth: Math.max(1, (size.width - 60) / buckets.length - 1.5),
        data: buckets.map(bucket => [bucket.atSeconds + bucketSeconds / 2, of(bucket)]),
        itemStyle: { color },
      })),
    }),
  }
}

function endOf(buckets: readonly TimeBucket[], bucketSeconds: number): number {
  return (buckets.at(-1)?.atSeconds ?? 0) + bucketSeconds
}
