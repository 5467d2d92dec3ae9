import type { CostSummary, RunSummary } from '../../summary/run-summary.ts'
import { formatCount } from '../format-value.ts'
import { axis, grid } from './chart-frame.ts'
import type { Chart } from './draw-chart.ts'

interface CostRow {
  readonly name: string
  readonly useful: number
  readonly wasted: number
  readonly saved: number
}

/** What each arm cost, and what caching saved it; empty when no cost is known. */
export function costChart({ arms, cost: { unknown } }: RunSummary): readonly Chart[] {
  const rows = Object.entries(arms).flatMap(([name, { cost }]) =>
    cost.usd === null ? [] : [rowOf(name, cost)],
  )
  if (rows.every(({ useful, wasted }) => useful + wasted === 0)) return []
  const all = [
    { name: 'billed', color: 'var(--s1)', of: ({ useful }: CostRow) => useful },
    { name: 'wasted', color: 'var(--bad)', of: ({ wasted }: CostRow) => wasted },
    { name: 'saved by caching', color: 'var(--s1-soft)', of: ({ saved }: CostRow) => saved },
  ]
  const stacks = all.filter(({ of }) => rows.some(row => of(row) > 0))
  const height = 44 + rows.length * 34
  return [
    {
      id: 'cost',
      title: rows.length > 1 ? 'Cost by arm' : 'Cost',
      note:
        unknown === 0
          ? 'measured requests'
          : `measured requests without ${formatCount(unknown)} of unknown cost`,
      legend: stacks,
      wideHeight: height,
      narrowHeight: height,
      option: ({ narrow }) => ({
        grid,
        xAxis: axis({
          type: 'value',
          min: 0,
          splitNumber: narrow ? 2 : 4,
          axisLabel: { formatter: (usd: number) => `$${Number(usd.toPrecision(3))}`, hideOverlap: true },
        }),
        yAxis: axis({
          type: 'category',
          inverse: true,
          data: rows.map(({ name }) => name),
          axisLabel: { color: 'var(--text)', width: narrow ? 90 : 150, overflow: 'truncate', interval: 0 },
        }),
        series: stacks.map(({ name, color, of }) => ({
          type: 'bar',
          name,
          stack: 'cost',
          barWidth: 14,
          data: rows.map(of),
          itemStyle: { color },
        })),
      }),
    },
  ]
}

/** Floats are good enough for the length of a bar. */
function rowOf(name: string, cost: CostSummary): CostRow {
  const wasted = Number(cost.wastedUsd ?? 0)
  return {
    name,
    useful: Math.max(0, Number(cost.usd) - wasted),
    wasted,
    saved: Math.max(0, Number(cost.cacheDiscountUsd ?? 0)),
  }
}
