import type { Quantiles, RunSummary, TrafficSummary } from '../summary/run-summary.ts'
import {
  absent,
  formatCount,
  formatMoney,
  formatMs,
  formatPercent,
  formatRate,
  formatTokens,
} from './format-value.ts'
import { cell, numberColumn, type ReportCell, type ReportTable, textColumn } from './report-table.ts'
import { isWeak } from './weak-quantile.ts'

/** One number that arms are compared by. */
interface Measure {
  readonly label: string
  readonly metric: string
  readonly of: (traffic: TrafficSummary) => string
  /** Whether it stands on too few values to lean on; never when left out. */
  readonly isWeak?: (traffic: TrafficSummary) => boolean
}

const success: readonly Measure[] = [
  { label: 'Requests', metric: 'requests', of: ({ requests }) => formatCount(requests) },
  { label: 'Request success', metric: 'request-success', of: t => formatPercent(t.requestSuccess) },
  { label: 'First-try success', metric: 'first-try-success', of: t => formatPercent(t.firstTrySuccess) },
  { label: 'Rescued', metric: 'rescued-success', of: t => formatPercent(t.rescuedSuccess) },
  { label: 'Fallback rate', metric: 'fallback-rate', of: t => formatPercent(t.fallbackRate) },
  { label: 'Checks passed', metric: 'checks-passed', of: t => formatPercent(t.checks.passedRatio) },
]

const times: readonly Measure[] = [
  { label: 'TTFT p50, ms', metric: 'ttft', of: t => formatMs(t.ttftMs.p50) },
  tail('TTFT', 'ttft', { level: 'p95', of: t => t.ttftMs }),
  tail('TTFT', 'ttft', { level: 'p99', of: t => t.ttftMs }),
  { label: 'TTFT n', metric: 'ttft', of: t => formatCount(t.ttftMs.n) },
  { label: 'Latency p50, ms', metric: 'latency', of: t => formatMs(t.latencyMs.p50) },
  tail('Latency', 'latency', { level: 'p95', of: t => t.latencyMs }),
  tail('Latency', 'latency', { level: 'p99', of: t => t.latencyMs }),
  { label: 'Latency n', metric: 'latency', of: t => formatCount(t.latencyMs.n) },
  tail('Response time', 'response-time', { level: 'p95', of: t => t.responseMs }),
  { label: 'Router time p50, ms', metric: 'router-time', of: t => formatMs(t.routerMs.p50) },
  {
    label: 'Schedule lag p99, ms',
    metric: 'schedule-lag',
    of: t => formatMs(t.scheduleLagMs.p99),
    isWeak: t => isWeak('p99', t.scheduleLagMs.n),
  },
  {
    label: 'Speed of an answer p50, tokens/s',
    metric: 'tokens-per-second',
    of: t => formatRate(t.throughput.perRequest.p50),
  },
  {
    label: 'Throughput, requests/s',
    metric: 'throughput',
    of: t => formatRate(t.throughput.requestsPerSecond),
  },
]

const amounts: readonly Measure[] = [
  { label: 'Cost', metric: 'cost', of: t => formatMoney(t.cost.usd) },
  { label: 'Cost per 1,000 requests', metric: 'cost', of: costPerThousand },
  { label: 'Requests of unknown cost', metric: 'cost', of: t => formatCount(t.cost.unknown) },
  { label: 'Cost without cache', metric: 'cost-no-cache', of: t => formatMoney(t.cost.noCacheUsd) },
  { label: 'Cache discount', metric: 'cache-discount', of: t => formatMoney(t.cost.cacheDiscountUsd) },
  { label: 'Wasted', metric: 'wasted', of: wasteOf },
  { label: 'Cache hit ratio', metric: 'cache-hit-ratio', of: cacheHitsOf },
  { label: 'Input tokens', metric: 'tokens', of: t => formatTokens(t.tokens.input) },
  { label: 'Output tokens', metric: 'tokens', of: t => formatTokens(t.tokens.output) },
]

const groups = [
  { id: 'arms-success', title: 'Success', measures: success },
  { id: 'arms-cost', title: 'Cost and tokens', measures: amounts },
  { id: 'arms-time', title: 'Time', measures: times },
] as const

/** Arms side by side, one number a row, as one table; rows that no arm has are left out. */
export function armsTable(summary: RunSummary): ReportTable {
  const { title, columns, traffics } = sidesOf(summary)
  const measures = groups.flatMap(group => group.measures)
  const rows = measures.flatMap(measure => rowsOf(measure, traffics))
  return { id: 'arms', title, note: armsNote, foot: '', columns: [textColumn('Number'), ...columns], rows }
}

/** The same in three tables, where there is room to set them beside each other. */
export function armsTables(summary: RunSummary): readonly ReportTable[] {
  const { columns, traffics } = sidesOf(summary)
  return groups.map(({ id, title, measures }) => ({
    id,
    title,
    note: '',
    foot: '',
    columns: [textColumn(title), ...columns],
    rows: measures.flatMap(measure => rowsOf(measure, traffics)),
  }))
}

/** What the numbers of all arms are about. */
const armsNote = 'Measured requests only; times over successful ones.'

function sidesOf(summary: RunSummary) {
  const arms = Object.entries(summary.arms)
  const several = arms.length > 1
  const sides: readonly (readonly [string, TrafficSummary])[] = [...(several ? arms : []), ['all', summary]]
  return {
    title: several ? 'Arms side by side' : 'Numbers',
    columns: sides.map(([name]) => numberColumn(name, { rank: 8 })),
    traffics: sides.map(([, traffic]) => traffic),
  }
}

/** One row, or none when no arm has the number. */
function rowsOf(
  { label, metric, of, isWeak: weakIn = () => false }: Measure,
  traffics: readonly TrafficSummary[],
): readonly (readonly ReportCell[])[] {
  const cells = traffics.map(traffic => cell(of(traffic), { weak: weakIn(traffic) }))
  if (cells.every(({ text }) => text === absent)) return []
  return [[cell(label, { metric }), ...cells]]
}

function costPerThousand({ cost, requests }: TrafficSummary): string {
  const known = requests - cost.unknown
  return cost.usd === null || known <= 0 ? absent : formatMoney(String((Number(cost.usd) / known) * 1000))
}

/** A tail quantile, marked where it stands on too few values. */
function tail(
  name: string,
  metric: string,
  { level, of }: { readonly level: 'p95' | 'p99'; readonly of: (traffic: TrafficSummary) => Quantiles },
): Measure {
  return {
    label: `${name} ${level}, ms`,
    metric,
    of: traffic => formatMs(of(traffic)[level]),
    isWeak: traffic => isWeak(level, of(traffic).n),
  }
}

/** At least so much, where requests of unknown cost may have wasted more. */
function wasteOf({ cost: { wastedUsd, unknown } }: TrafficSummary): string {
  return wastedUsd === null || unknown === 0 ? formatMoney(wastedUsd) : `≥ ${formatMoney(wastedUsd)}`
}

function cacheHitsOf({ cacheHitRatio, cacheHitAnswers, outcomes }: TrafficSummary): string {
  const ratio = formatPercent(cacheHitRatio)
  return ratio === absent || cacheHitAnswers >= outcomes.ok
    ? ratio
    : `${ratio} (n ${formatCount(cacheHitAnswers)})`
}
