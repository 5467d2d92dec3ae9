import type { EndpointSummary, Quantiles, RunSummary, ServedSummary } from '../summary/run-summary.ts'
import { absent, formatCount, formatMoney, formatMs, formatPercent, formatRate } from './format-value.ts'
import {
  cell,
  numberColumn,
  type ReportCell,
  type ReportColumn,
  type ReportTable,
  textColumn,
} from './report-table.ts'
import { isWeak } from './weak-quantile.ts'

/** How every endpoint behaved over its attempts; without rows when the target is not our router. */
export function endpointsTable({ endpoints, cost }: RunSummary): ReportTable {
  return {
    id: 'endpoints',
    title: 'Endpoints',
    note: 'Every upstream call of our router, also those that were rescued.',
    foot: cost.unknown === 0 ? '' : unknownCostNote(cost.unknown),
    columns: [
      textColumn('Provider'),
      textColumn('Model'),
      numberColumn('Attempts', { rank: 8 }),
      numberColumn('Uptime', { metric: 'uptime', rank: 8 }),
      numberColumn('Rate-limited', { metric: 'rate-limit-rate', rank: 6 }),
      numberColumn('Available', { metric: 'effective-availability', rank: 3 }),
      ...quantileColumns('TTFT', 'ttft', 7),
      ...quantileColumns('Latency', 'latency', 4),
      numberColumn('Cache hits', { metric: 'cache-hit-ratio', rank: 2 }),
      numberColumn('Cost', { metric: 'cost', rank: 5 }),
    ],
    rows: endpoints.map(endpointRow),
  }
}

/** What callers saw of each provider and model, after fallback. */
export function servedTable({ served }: RunSummary): ReportTable {
  return {
    id: 'served',
    title: 'Answered by',
    note: 'What callers saw of the provider that answered: the time of failed attempts before it is inside.',
    foot: '',
    columns: [
      textColumn('Provider'),
      textColumn('Model'),
      numberColumn('Requests', { rank: 8 }),
      ...quantileColumns('TTFT', 'ttft', 7),
      ...quantileColumns('Latency', 'latency', 6),
      numberColumn('Speed p50', { unit: 'tokens/s', metric: 'tokens-per-second', rank: 4 }),
      numberColumn('Cost', { metric: 'cost', rank: 5 }),
    ],
    rows: served.map(servedRow),
  }
}

/** The slowest requests in one line each. */
export function slowestTable({ slowest }: RunSummary): ReportTable {
  return {
    id: 'slowest',
    title: 'Slowest requests',
    note: '',
    foot: '',
    columns: [
      numberColumn('Latency', { unit: 'ms', metric: 'latency', rank: 9 }),
      numberColumn('TTFT', { unit: 'ms', metric: 'ttft', rank: 8 }),
      textColumn('Outcome', { rank: 6 }),
      textColumn('Arm', { rank: 4 }),
      textColumn('Attempts', { rank: 5 }),
      textColumn('Trace', { rank: 8 }),
    ],
    rows: slowest.map(request => [
      cell(formatMs(request.latencyMs)),
      cell(formatMs(request.ttftMs)),
      cell(request.errorType || request.outcome),
      cell(request.arm),
      cell(
        request.attempts.map(({ provider, latencyMs }) => `${provider} ${formatMs(latencyMs)}`).join(' → ') ||
          absent,
      ),
      cell(request.traceId),
    ]),
  }
}

function unknownCostNote(requests: number): string {
  return `Costs here include what is known of the ${formatCount(requests)} requests whose whole cost is unknown and in no total: they can add up to more than the cost of the run.`
}

function quantileColumns(group: string, metric: string, rank: number): readonly ReportColumn[] {
  const own = { group, metric }
  return [
    numberColumn('n', { ...own, rank: rank - 1 }),
    numberColumn('p50', { ...own, unit: 'ms', rank }),
    numberColumn('p95', { ...own, unit: 'ms', rank }),
    numberColumn('p99', { ...own, unit: 'ms', rank: rank - 1 }),
  ]
}

/** The four cells of `quantileColumns`. */
function quantileCells({ n, p50, p95, p99 }: Quantiles): readonly ReportCell[] {
  return [
    cell(formatCount(n)),
    cell(formatMs(p50)),
    cell(formatMs(p95), { weak: isWeak('p95', n) }),
    cell(formatMs(p99), { weak: isWeak('p99', n) }),
  ]
}

/** Provider with region, variant or tier: an endpoint's id without its model. */
function tagOf({ endpoint, provider }: EndpointSummary): string {
  const end = endpoint.lastIndexOf('/')
  return end > 0 ? endpoint.slice(0, end) : provider
}

function endpointRow(endpoint: EndpointSummary): readonly ReportCell[] {
  return [
    cell(tagOf(endpoint)),
    cell(endpoint.model),
    cell(formatCount(endpoint.attempts)),
    cell(formatPercent(endpoint.uptime)),
    cell(formatPercent(endpoint.rateLimitRate)),
    cell(formatPercent(endpoint.effectiveAvailability)),
    ...quantileCells(endpoint.ttftMs),
    ...quantileCells(endpoint.latencyMs),
    cell(formatPercent(endpoint.cacheHitRatio)),
    cell(formatMoney(endpoint.costUsd)),
  ]
}

function servedRow(row: ServedSummary): readonly ReportCell[] {
  return [
    cell(row.provider || absent),
    cell(row.model || absent),
    cell(formatCount(row.requests)),
    ...quantileCells(row.ttftMs),
    ...quantileCells(row.latencyMs),
    cell(formatRate(row.tokensPerSecondP50)),
    cell(formatMoney(row.costUsd)),
  ]
}
