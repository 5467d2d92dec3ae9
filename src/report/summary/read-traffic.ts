import { countOf, msOf, type Numeric, numberOf, ratioOf, roundOf, usdOf } from './column-values.ts'
import { quantilesOf, quantilesSql } from './quantiles.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql, routedTargetsSql, triedSql } from './record-sql.ts'
import type { CostSummary, TokenSummary, TrafficSummary } from './run-summary.ts'

interface TrafficRow {
  readonly is_total: Numeric
  readonly arm: string
  readonly requests: Numeric
  readonly ok: Numeric
  readonly error: Numeric
  readonly canceled: Numeric
  readonly truncated: Numeric
  readonly routed_rows: Numeric
  readonly elsewhere: Numeric
  readonly ok_known: Numeric
  readonly first_try: Numeric
  readonly fell_back: Numeric
  readonly latency_n: Numeric
  readonly latency_q: readonly Numeric[]
  readonly ttft_n: Numeric
  readonly ttft_q: readonly Numeric[]
  readonly response_n: Numeric
  readonly response_q: readonly Numeric[]
  readonly router_n: Numeric
  readonly router_q: readonly Numeric[]
  readonly lag_n: Numeric
  readonly lag_q: readonly Numeric[]
  readonly lag_max: Numeric
  readonly span_us: Numeric
  readonly speed_n: Numeric
  readonly speed_q: readonly Numeric[]
  readonly checked: Numeric
  readonly passed: Numeric
  readonly hit_answers: Numeric
  readonly hit_read: Numeric
  readonly hit_input: Numeric
  readonly input: Numeric
  readonly cache_read: Numeric
  readonly cache_write: Numeric
  readonly output: Numeric
  readonly reasoning: Numeric
  readonly cost: string | null
  readonly no_cache: string | null
  readonly discount: string | null
  readonly wasted: string | null
  readonly cost_unknown: Numeric
  readonly no_cache_unknown: Numeric
  readonly wasted_unknown: Numeric
}

/** What the router knew wins over what the answer told the caller; tokens are the caller's where it has them. */
const factsSql = `facts AS (
  SELECT m.arm AS arm, m.outcome AS outcome, m.ts AS ts, m.latency_us AS latency_us, m.ttft_us AS ttft_us,
    m.response_us AS response_us, m.sched_lag_us AS sched_lag_us, m.checks AS checks,
    m.checks_failed AS checks_failed, r.known AS known, r.fallback AS fallback,
    NOT known AND m.target NOT IN routed_targets AS elsewhere,
    known AND r.served_provider = '' AS unanswered, r.router_us AS router_us,
    t.failed AS failed_attempts,
    coalesce(m.input_tokens, r.input_tokens) AS input_tokens,
    coalesce(m.output_tokens, r.output_tokens) AS output_tokens,
    coalesce(m.cache_read_tokens, r.cache_read_tokens) AS cache_read_tokens,
    coalesce(m.cache_write_tokens, r.cache_write_tokens) AS cache_write_tokens,
    coalesce(m.reasoning_tokens, r.reasoning_tokens) AS reasoning_tokens,
    if(r.known, r.cost_usd, m.cost_usd) AS cost_usd,
    if(r.known, r.cost_nocache_usd, m.cost_nocache_usd) AS cost_nocache_usd,
    if(r.known, r.cache_discount_usd, m.cache_discount_usd) AS cache_discount_usd,
    if(r.known, r.wasted_usd, m.wasted_usd) AS wasted_usd
  FROM measured AS m
  LEFT ANY JOIN routed AS r ON r.request_id = m.request_id
  LEFT ANY JOIN tried AS t ON t.request_id = m.request_id)`

const outcomeSql = `count() AS requests, countIf(outcome = 'ok') AS ok, countIf(outcome = 'error') AS error,
  countIf(outcome = 'canceled') AS canceled, countIf(outcome = 'truncated') AS truncated,
  countIf(known) AS routed_rows, countIf(elsewhere) AS elsewhere, countIf(outcome = 'ok' AND known) AS ok_known,
  countIf(outcome = 'ok' AND known AND failed_attempts = 0) AS first_try,
  countIf(known AND fallback != 'none') AS fell_back`

const timeSql = `${quantilesSql('latency', 'latency_us', `outcome = 'ok'`)},
  ${quantilesSql('ttft', 'ttft_us', `outcome = 'ok'`)},
  ${quantilesSql('response', 'response_us', `outcome = 'ok' AND {vantage:String} = 'client'`)},
  ${quantilesSql('router', 'router_us', `outcome = 'ok' AND known`)},
  countIf({vantage:String} = 'client') AS lag_n,
  quantilesExactIf(0.5, 0.99)(sched_lag_us, {vantage:String} = 'client') AS lag_q, max(sched_lag_us) AS lag_max,
  dateDiff('microsecond', min(ts), max(ts + toIntervalMicrosecond(latency_us))) AS span_us,
  countIf(outcome = 'ok' AND output_tokens > 0 AND latency_us > 0) AS speed_n,
  quantilesExactIf(0.05, 0.5, 0.95)(assumeNotNull(output_tokens) * 1e6 / latency_us,
    outcome = 'ok' AND output_tokens > 0 AND latency_us > 0) AS speed_q`

const amountSql = `countIf(outcome = 'ok' AND checks > 0) AS checked,
  countIf(outcome = 'ok' AND checks > 0 AND checks_failed = 0) AS passed,
  countIf(input_tokens IS NOT NULL AND cache_read_tokens IS NOT NULL) AS hit_answers,
  sumIf(cache_read_tokens, input_tokens IS NOT NULL) AS hit_read,
  sumIf(input_tokens, cache_read_tokens IS NOT NULL) AS hit_input,
  sum(input_tokens) AS input, sum(cache_read_tokens) AS cache_read, sum(cache_write_tokens) AS cache_write,
  sum(output_tokens) AS output, sum(reasoning_tokens) AS reasoning,
  toString(sum(cost_usd)) AS cost, toString(sumIf(cost_nocache_usd, cost_usd IS NOT NULL)) AS no_cache,
  toString(sumIf(cache_discount_usd, cost_usd IS NOT NULL)) AS discount,
  toString(sumIf(wasted_usd, cost_usd IS NOT NULL)) AS wasted,
  countIf(cost_usd IS NULL) AS cost_unknown,
  countIf(cost_usd IS NOT NULL AND cost_nocache_usd IS NULL AND NOT unanswered) AS no_cache_unknown,
  countIf(cost_usd IS NOT NULL AND wasted_usd IS NULL) AS wasted_unknown`

const sql = `WITH ${measuredSql}, ${routedSql}, ${routedTargetsSql}, ${triedSql}, ${factsSql}
SELECT grouping(arm) AS is_total, arm, ${outcomeSql}, ${timeSql}, ${amountSql}
FROM facts GROUP BY GROUPING SETS ((), (arm)) ORDER BY arm`

/** The numbers of all measured requests, and of each arm's. */
export async function readTraffic(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<{ total: TrafficSummary; arms: Readonly<Record<string, TrafficSummary>> }> {
  const rows = await reader.query<TrafficRow>(sql, params)
  const total = trafficOf(rows.find(row => countOf(row.is_total) === 1))
  const arms = rows
    .filter(row => countOf(row.is_total) === 0)
    .map(row => [row.arm || 'default', trafficOf(row)])
  return { total, arms: Object.fromEntries(arms) }
}

function trafficOf(row: Partial<TrafficRow> = {}): TrafficSummary {
  const requests = countOf(row.requests)
  const lagCount = countOf(row.lag_n)
  const lag = (value: Numeric | undefined) => (lagCount === 0 ? null : msOf(value))
  return {
    requests,
    outcomes: {
      ok: countOf(row.ok),
      error: countOf(row.error),
      canceled: countOf(row.canceled),
      truncated: countOf(row.truncated),
    },
    latencyMs: quantilesOf(row.latency_n, row.latency_q),
    ttftMs: quantilesOf(row.ttft_n, row.ttft_q),
    responseMs: quantilesOf(row.response_n, row.response_q),
    routerMs: countOf(row.elsewhere) > 0 ? quantilesOf(0, []) : quantilesOf(row.router_n, row.router_q),
    scheduleLagMs: {
      n: lagCount,
      p50: lag(row.lag_q?.[0]),
      p99: lag(row.lag_q?.[1]),
      max: lag(row.lag_max),
    },
    ...successOf(row),
    cacheHitRatio: ratioOf(countOf(row.hit_read), countOf(row.hit_input)),
    cacheHitAnswers: countOf(row.hit_answers),
    cost: costOf(row),
    tokens: tokensOf(row),
    throughput: throughputOf(row),
    checks: {
      requests: countOf(row.checked),
      passed: countOf(row.passed),
      passedRatio: ratioOf(countOf(row.passed), countOf(row.checked)),
    },
  }
}

/** First try and rescue need the router's view of every success, fallback of every request that it could have. */
function successOf(row: Partial<TrafficRow>) {
  const ok = countOf(row.ok)
  const firstTry = countOf(row.first_try)
  const finished = countOf(row.requests) - countOf(row.canceled)
  const split = countOf(row.routed_rows) > 0 && countOf(row.ok_known) === ok
  const routed = countOf(row.elsewhere) > 0 ? 0 : countOf(row.routed_rows)
  const fellBack = countOf(row.fell_back)
  return {
    requestSuccess: ratioOf(ok, finished),
    firstTrySuccess: split ? ratioOf(firstTry, finished) : null,
    rescuedSuccess: split ? ratioOf(ok - firstTry, finished) : null,
    fallbackRate: routed === 0 ? null : ratioOf(fellBack, routed),
    fellBack: routed === 0 ? null : fellBack,
  }
}

/** Amounts that stand beside the cost are over the same requests, or absent. */
function costOf(row: Partial<TrafficRow>): CostSummary {
  const priced = countOf(row.no_cache_unknown) === 0
  return {
    usd: usdOf(row.cost),
    noCacheUsd: priced ? usdOf(row.no_cache) : null,
    cacheDiscountUsd: priced ? usdOf(row.discount) : null,
    wastedUsd: countOf(row.wasted_unknown) === 0 ? usdOf(row.wasted) : null,
    unknown: countOf(row.cost_unknown),
  }
}

function tokensOf(row: Partial<TrafficRow>): TokenSummary {
  return {
    input: numberOf(row.input),
    cacheRead: numberOf(row.cache_read),
    cacheWrite: numberOf(row.cache_write),
    output: numberOf(row.output),
    reasoning: numberOf(row.reasoning),
  }
}

function throughputOf(row: Partial<TrafficRow>): TrafficSummary['throughput'] {
  const seconds = countOf(row.span_us) / 1e6
  const output = numberOf(row.output)
  const n = countOf(row.speed_n)
  const at = (index: number) => (n === 0 ? null : roundOf(row.speed_q?.[index], 3))
  return {
    requestsPerSecond: seconds > 0 ? roundOf(countOf(row.requests) / seconds, 3) : null,
    outputTokensPerSecond: seconds > 0 && output !== null ? roundOf(output / seconds, 3) : null,
    perRequest: { n, p5: at(0), p50: at(1), p95: at(2) },
  }
}
