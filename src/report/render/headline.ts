import type { RunSummary } from '../summary/run-summary.ts'
import { absent, formatCount, formatMoney, formatMs, formatPercent } from './format-value.ts'

/** One of the few numbers a report opens with. */
export interface HeadlineNumber {
  readonly label: string
  readonly value: string
  readonly detail: string
  readonly metric: string
}

/** The run's verdict on itself, in a sentence. */
export function verdictSentence({ validity, status }: RunSummary): string {
  if (validity.verdict === 'valid') return 'Valid: the run kept its own bounds.'
  if (validity.verdict === 'invalid') return 'Invalid: do not decide anything on these numbers.'
  return `Not judged: the run did not finish (status ${status}).`
}

/** Title facts of a run in one line. */
export function runLine(summary: RunSummary): string {
  const { counts, run } = summary
  const planned = counts.planned === null ? '' : ` of ${formatCount(counts.planned)} planned`
  return [
    run.startedAt?.replace('T', ' ').replace('Z', ' UTC'),
    `seed ${summary.seed || absent}`,
    `${formatCount(counts.sent)}${planned} requests sent`,
    `${formatCount(summary.requests)} measured`,
  ]
    .filter(part => part !== undefined)
    .join(' · ')
}

/** The numbers a report opens with, most wanted first; what was not measured is left out. */
export function headlineNumbers(summary: RunSummary): readonly HeadlineNumber[] {
  return [success(summary), ...times(summary), fallback(summary), ...money(summary), lag(summary)].filter(
    number => number.value !== absent,
  )
}

function success(summary: RunSummary): HeadlineNumber {
  const { firstTrySuccess, rescuedSuccess, outcomes } = summary
  const failed = outcomes.error + outcomes.truncated
  const detail =
    firstTrySuccess === null
      ? `${formatCount(failed)} failed`
      : `${formatPercent(firstTrySuccess)} first try, ${formatPercent(rescuedSuccess)} rescued`
  return {
    label: 'Request success',
    value: formatPercent(summary.requestSuccess),
    detail,
    metric: 'request-success',
  }
}

function times({ ttftMs, latencyMs }: RunSummary): readonly HeadlineNumber[] {
  const tail = ({ p95, p99, n }: RunSummary['ttftMs']) =>
    `p95 ${formatMs(p95)}, p99 ${formatMs(p99)}, n ${formatCount(n)}`
  const inMs = (value: number | null) => (value === null ? absent : `${formatMs(value)} ms`)
  return [
    { label: 'TTFT p50', value: inMs(ttftMs.p50), detail: tail(ttftMs), metric: 'ttft' },
    { label: 'Latency p50', value: inMs(latencyMs.p50), detail: tail(latencyMs), metric: 'latency' },
  ]
}

function fallback({ fallbackRate, fallbacks }: RunSummary): HeadlineNumber {
  const moved = fallbacks.reduce((sum, { count }) => sum + count, 0)
  return {
    label: 'Fallback rate',
    value: formatPercent(fallbackRate),
    detail: moved === 0 ? 'every first choice answered' : `${formatCount(moved)} left their first endpoint`,
    metric: 'fallback-rate',
  }
}

function money({ cost, cacheHitRatio, tokens }: RunSummary): readonly HeadlineNumber[] {
  const unknown = cost.unknown > 0 ? `, ${formatCount(cost.unknown)} requests unknown` : ''
  return [
    {
      label: 'Cost',
      value: formatMoney(cost.usd),
      detail: `${formatMoney(cost.wastedUsd)} wasted${unknown}`,
      metric: 'cost',
    },
    {
      label: 'Cache discount',
      value: formatMoney(cost.cacheDiscountUsd),
      detail: `of ${formatMoney(cost.noCacheUsd)} without cache`,
      metric: 'cache-discount',
    },
    {
      label: 'Cache hit ratio',
      value: formatPercent(cacheHitRatio),
      detail: `${formatCount(tokens.cacheRead)} tokens read`,
      metric: 'cache-hit-ratio',
    },
  ]
}

function lag({ scheduleLagMs }: RunSummary): HeadlineNumber {
  const { p50, p99, max } = scheduleLagMs
  return {
    label: 'Schedule lag p99',
    value: p99 === null ? absent : `${formatMs(p99)} ms`,
    detail: `p50 ${formatMs(p50)}, max ${formatMs(max)}`,
    metric: 'schedule-lag',
  }
}
