import type { Quantiles, RunSummary } from '../summary/run-summary.ts'
import { absent, formatCount, formatMoney, formatMs, formatPercent } from './format-value.ts'
import { isWeak } from './weak-quantile.ts'

/** One of the few numbers a report opens with. */
export interface HeadlineNumber {
  readonly label: string
  readonly value: string
  /** Whether the value stands on too few values to lean on. */
  readonly weak: boolean
  readonly details: readonly HeadlineDetail[]
  readonly metric: string
}

/** A word on a headline number. */
export interface HeadlineDetail {
  readonly text: string
  readonly weak: boolean
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
    ...(run.labels['trial'] ? [`trial: ${run.labels['trial']}`] : []),
    ...(counts.cached > 0 ? [`${formatCount(counts.cached)} answered by a response cache`] : []),
  ]
    .filter(part => part !== undefined)
    .join(' · ')
}

/** The numbers a report opens with, most wanted first; what was not measured is left out. */
export function headlineNumbers(summary: RunSummary): readonly HeadlineNumber[] {
  return [
    success(summary),
    ...times(summary),
    fallback(summary),
    ...cost(summary),
    ...cache(summary),
    lag(summary),
  ].filter(number => number.value !== absent)
}

/** Whether any of the numbers is marked, so that the mark needs explaining. */
export function hasWeakNumber(numbers: readonly HeadlineNumber[]): boolean {
  return numbers.some(({ weak, details }) => weak || details.some(detail => detail.weak))
}

const sure = (...texts: readonly string[]): readonly HeadlineDetail[] =>
  texts.map(text => ({ text, weak: false }))

function success(summary: RunSummary): HeadlineNumber {
  const { firstTrySuccess, rescuedSuccess, outcomes } = summary
  const failed = outcomes.error + outcomes.truncated
  return {
    label: 'Request success',
    value: formatPercent(summary.requestSuccess),
    weak: false,
    details:
      firstTrySuccess === null
        ? sure(`${formatCount(failed)} failed`)
        : sure(`${formatPercent(firstTrySuccess)} first try`, `${formatPercent(rescuedSuccess)} rescued`),
    metric: 'request-success',
  }
}

function times({ ttftMs, latencyMs }: RunSummary): readonly HeadlineNumber[] {
  const number = (label: string, metric: string, { p50, p95, p99, n }: Quantiles): HeadlineNumber => ({
    label,
    value: p50 === null ? absent : `${formatMs(p50)} ms`,
    weak: false,
    details: [
      { text: `p95 ${formatMs(p95)}`, weak: isWeak('p95', n) },
      { text: `p99 ${formatMs(p99)}`, weak: isWeak('p99', n) },
      ...sure(`n ${formatCount(n)}`),
    ],
    metric,
  })
  return [number('TTFT p50', 'ttft', ttftMs), number('Latency p50', 'latency', latencyMs)]
}

/** Says only what is known: a request that left its first endpoint may still have failed. */
function fallback({ fallbackRate, fellBack }: RunSummary): HeadlineNumber {
  return {
    label: 'Fallback rate',
    value: formatPercent(fallbackRate),
    weak: false,
    details:
      fellBack === 0
        ? sure('no request left its first endpoint')
        : sure(`${formatCount(fellBack)} tried another provider or model`),
    metric: 'fallback-rate',
  }
}

/** Left out only when not even a warm-up request has a known cost. */
function cost(summary: RunSummary): readonly HeadlineNumber[] {
  const { usd } = summary.cost
  if (usd === null && summary.totalCostUsd === null) return []
  return [
    {
      label: 'Cost',
      value: usd === null ? 'unknown' : formatMoney(usd),
      weak: false,
      details: sure(...wasteDetails(summary), wholeRunDetail(summary)),
      metric: 'cost',
    },
  ]
}

/** Requests of unknown cost are the likeliest to have wasted something, so beside them no waste is the whole. */
function wasteDetails({ cost: { wastedUsd, unknown } }: RunSummary): readonly string[] {
  const waste = wastedUsd === null ? null : formatMoney(wastedUsd)
  if (unknown === 0) return waste === null ? [] : [`${waste} wasted`]
  const noun = unknown === 1 ? 'request' : 'requests'
  return [
    ...(waste === null ? [] : [`known waste ${waste}`]),
    `${formatCount(unknown)} ${noun} of unknown cost`,
  ]
}

function wholeRunDetail({ cost: own, totalCostUsd, totalCostUnknown }: RunSummary): string {
  const whole = totalCostUsd === own.usd ? 'same with warm-up' : `${formatMoney(totalCostUsd)} with warm-up`
  const more = totalCostUnknown - own.unknown
  return more > 0 ? `${whole} (${formatCount(more)} more unknown)` : whole
}

function cache(summary: RunSummary): readonly HeadlineNumber[] {
  const { cost: money, cacheHitRatio, cacheHitAnswers, tokens, outcomes } = summary
  const scope = cacheHitAnswers < outcomes.ok ? [`told by ${formatCount(cacheHitAnswers)} answers`] : []
  return [
    {
      label: 'Cache discount',
      value: formatMoney(money.cacheDiscountUsd),
      weak: false,
      details: sure(`of ${formatMoney(money.noCacheUsd)} without cache`),
      metric: 'cache-discount',
    },
    {
      label: 'Cache hit ratio',
      value: formatPercent(cacheHitRatio),
      weak: false,
      details: sure(`${formatCount(tokens.cacheRead)} tokens read`, ...scope),
      metric: 'cache-hit-ratio',
    },
  ]
}

function lag({ scheduleLagMs }: RunSummary): HeadlineNumber {
  const { n, p50, p99, max } = scheduleLagMs
  return {
    label: 'Schedule lag p99',
    value: p99 === null ? absent : `${formatMs(p99)} ms`,
    weak: isWeak('p99', n),
    details: sure(`p50 ${formatMs(p50)}`, `max ${formatMs(max)}`),
    metric: 'schedule-lag',
  }
}
