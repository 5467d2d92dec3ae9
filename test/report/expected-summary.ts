import { formatUsd } from '../../src/core/index.ts'
import type { AttemptRecord, RequestRecord } from '../../src/record/index.ts'

/** The rows of one run, from which the numbers are worked out a second time, without SQL. */
export interface Rows {
  readonly clients: readonly RequestRecord[]
  readonly routers: readonly RequestRecord[]
  readonly attempts: readonly AttemptRecord[]
}

const six = (value: number) => Math.round(value * 1e6) / 1e6
const ratio = (part: number, whole: number) => (whole === 0 ? null : six(part / whole))
const count = <Row>(rows: readonly Row[], test: (row: Row) => boolean) => rows.filter(test).length
const sum = <Row>(rows: readonly Row[], of: (row: Row) => number | null) => {
  const known = rows.map(of).filter(value => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}
const usd = (amounts: readonly (bigint | null | undefined)[]) => {
  const known = amounts.filter(amount => amount !== null && amount !== undefined)
  return known.length === 0 ? null : formatUsd(known.reduce((total, amount) => total + amount, 0n))
}

/** The value at ⌊level × n⌋, as docs/metrics.md says. */
export function quantile(values: readonly number[], level: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))] ?? null
}

const ms = (micros: number | null) => (micros === null ? null : micros / 1000)

export function quantilesOf(micros: readonly (number | null)[]) {
  const known = micros.filter(value => value !== null)
  const at = (level: number) => ms(quantile(known, level))
  return { n: known.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** What `TrafficSummary` must be for these rows. */
export function expectedTraffic({ clients, routers, attempts }: Rows) {
  const ok = clients.filter(row => row.outcome === 'ok')
  const routerOf = (row: RequestRecord) => routers.find(other => other.request_id === row.request_id)
  const failedOf = (row: RequestRecord) =>
    count(attempts, a => a.request_id === row.request_id && ['error', 'truncated'].includes(a.outcome))
  const finished = clients.length - count(clients, row => row.outcome === 'canceled')
  const known = clients.filter(routerOf)
  const firstTry = count(ok, row => failedOf(row) === 0)
  const hits = clients.filter(row => row.input_tokens !== null && row.cache_read_tokens !== null)
  const speeds = ok.flatMap(row => (row.output_tokens ? [(row.output_tokens * 1e6) / row.latency_us] : []))
  const speed = (level: number) => {
    const value = quantile(speeds, level)
    return value === null ? null : Math.round(value * 1000) / 1000
  }
  const seconds =
    (Math.max(...clients.map(row => row.ts + row.latency_us)) - Math.min(...clients.map(row => row.ts))) / 1e6
  const perSecond = (value: number | null) =>
    value === null ? null : Math.round((value / seconds) * 1000) / 1000
  const lags = clients.map(row => row.sched_lag_us)
  const checked = ok.filter(row => row.checks > 0)
  const money = (column: 'cost_usd' | 'cost_nocache_usd' | 'cache_discount_usd' | 'wasted_usd') =>
    usd(
      clients
        .map(row => routerOf(row) ?? row)
        .filter(row => row.cost_usd !== null)
        .map(row => row[column]),
    )
  return {
    requests: clients.length,
    outcomes: {
      ok: ok.length,
      error: count(clients, row => row.outcome === 'error'),
      canceled: count(clients, row => row.outcome === 'canceled'),
      truncated: count(clients, row => row.outcome === 'truncated'),
    },
    latencyMs: quantilesOf(ok.map(row => row.latency_us)),
    ttftMs: quantilesOf(ok.map(row => row.ttft_us)),
    responseMs: quantilesOf(ok.map(row => row.response_us)),
    routerMs: quantilesOf(ok.map(row => routerOf(row)?.router_us ?? null)),
    scheduleLagMs: {
      n: clients.length,
      p50: ms(quantile(lags, 0.5)),
      p99: ms(quantile(lags, 0.99)),
      max: Math.max(...lags) / 1000,
    },
    requestSuccess: ratio(ok.length, finished),
    firstTrySuccess: known.length > 0 ? ratio(firstTry, finished) : null,
    rescuedSuccess: known.length > 0 ? ratio(ok.length - firstTry, finished) : null,
    fallbackRate: ratio(
      count(known, row => routerOf(row)?.fallback !== 'none'),
      known.length,
    ),
    fellBack: known.length > 0 ? count(known, row => routerOf(row)?.fallback !== 'none') : null,
    cacheHitAnswers: hits.length,
    cacheHitRatio: ratio(
      sum(hits, row => row.cache_read_tokens) ?? 0,
      sum(hits, row => row.input_tokens) ?? 0,
    ),
    cost: {
      usd: money('cost_usd'),
      noCacheUsd: money('cost_nocache_usd'),
      cacheDiscountUsd: money('cache_discount_usd'),
      wastedUsd: money('wasted_usd'),
      unknown: count(clients, row => (routerOf(row) ?? row).cost_usd === null),
    },
    tokens: {
      input: sum(clients, row => row.input_tokens),
      cacheRead: sum(clients, row => row.cache_read_tokens),
      cacheWrite: sum(clients, row => row.cache_write_tokens),
      output: sum(clients, row => row.output_tokens),
      reasoning: sum(clients, row => row.reasoning_tokens),
    },
    throughput: {
      requestsPerSecond: perSecond(clients.length),
      outputTokensPerSecond: perSecond(sum(clients, row => row.output_tokens)),
      perRequest: { n: speeds.length, p5: speed(0.05), p50: speed(0.5), p95: speed(0.95) },
    },
    checks: {
      requests: checked.length,
      passed: count(checked, row => row.checks_failed === 0),
      passedRatio: ratio(
        count(checked, row => row.checks_failed === 0),
        checked.length,
      ),
    },
  }
}

/** What `EndpointSummary` must be for the attempts of one endpoint. */
export function expectedEndpoint(attempts: readonly AttemptRecord[]) {
  const first = attempts[0]
  const ok = attempts.filter(a => a.outcome === 'ok')
  const isFailure = (a: AttemptRecord) => ['error', 'truncated'].includes(a.outcome)
  const failed = count(attempts, a => isFailure(a) && ['provider', 'network'].includes(a.fault))
  const rateLimited = count(attempts, a => a.fault === 'rate_limit')
  const callerFaults = count(attempts, a => isFailure(a) && a.fault === 'client')
  const canceled = count(attempts, a => a.outcome === 'canceled')
  const told = attempts.filter(a => a.input_tokens !== null)
  return {
    provider: first?.provider,
    model: first?.model,
    endpoint: first?.endpoint,
    attempts: attempts.length,
    ok: ok.length,
    failed,
    rateLimited,
    callerFaults,
    canceled,
    uptime: ratio(ok.length, ok.length + failed),
    rateLimitRate: ratio(rateLimited, attempts.length),
    effectiveAvailability: ratio(ok.length, attempts.length - callerFaults - canceled),
    ttftMs: quantilesOf(ok.map(a => a.ttft_us)),
    latencyMs: quantilesOf(ok.map(a => a.latency_us)),
    cacheHitRatio: ratio(sum(told, a => a.cache_read_tokens) ?? 0, sum(told, a => a.input_tokens) ?? 0),
    costUsd: usd(attempts.map(a => a.cost_usd)),
  }
}
