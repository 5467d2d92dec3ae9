import { createRng, type Rng } from '../../src/core/index.ts'
import type { AttemptRecord, RequestRecord } from '../../src/record/index.ts'
import type { Rows } from './expected-summary.ts'
import { attemptRow, clientRow, routerRow, startUs } from './record-rows.ts'

const failures = [
  { outcome: 'error', fault: 'provider', error_type: 'provider_unavailable', http_status: 502 },
  { outcome: 'error', fault: 'rate_limit', error_type: 'rate_limit_exceeded', http_status: 429 },
  { outcome: 'error', fault: 'network', error_type: 'connection_reset', http_status: 0 },
  { outcome: 'error', fault: 'client', error_type: 'invalid_request', http_status: 400 },
  { outcome: 'truncated', fault: 'provider', error_type: 'truncated', http_status: 200 },
  { outcome: 'canceled', fault: 'client', error_type: 'canceled', http_status: 0 },
] as const

const noUsage = {
  ttft_us: null,
  usage_source: 'none',
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
} as const
const noPrice = { cost_nocache_usd: null, cache_discount_usd: null } as const

/**
 * A consistent run of `count` requests over two arms, three providers and all kinds of ends: first tries,
 * rescues, failures of every blame. The first tenth is warm-up. The same for the same count.
 */
export function sampleRun(count: number): Rows {
  const rng = createRng('sample run')
  const parts = Array.from({ length: count }, (_, index) => {
    const draw = drawRequest(rng, index, index < count / 10 ? 'warmup' : 'measure')
    const isCanceled = draw.failure.outcome === 'canceled'
    if (draw.fate < 7 || (draw.fate < 9 && isCanceled)) return firstTry(draw)
    return draw.fate < 9 ? rescued(draw) : failed(draw)
  })
  return {
    clients: parts.map(({ client }) => client),
    routers: parts.map(({ router }) => router),
    attempts: parts.flatMap(({ attempts }) => attempts),
  }
}

interface RequestRows {
  readonly client: RequestRecord
  readonly router: RequestRecord
  readonly attempts: readonly AttemptRecord[]
}

type Draw = ReturnType<typeof drawRequest>

/** Everything that chance decides about one request. */
function drawRequest(rng: Rng, index: number, phase: 'warmup' | 'measure') {
  const input = 500 + rng.int(3000)
  const output = 20 + rng.int(300)
  const cached = rng.int(3) === 0 ? 0 : rng.int(input)
  const ttft = 80_000 + Math.round(rng.exponential(200_000))
  const firstProvider = ['alpha', 'beta', 'gamma'][rng.int(3)] ?? 'alpha'
  const cost = BigInt(input * 1_000_000 + output * 4_000_001)
  const saved = BigInt(cached) * 700_000n
  const checks = rng.int(3)
  return {
    label: `request ${index}`,
    ts: startUs + index * 250_000 + rng.int(100_000),
    shared: {
      arm: index % 3 === 0 ? 'candidate' : 'baseline',
      phase,
      trace_id: index.toString(16).padStart(32, '0'),
    },
    tokens: {
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: cached,
      cache_write_tokens: rng.int(100),
      reasoning_tokens: rng.int(20),
    },
    ttft,
    latency: ttft + output * 9000,
    lag: rng.int(4000),
    routerTime: 300 + rng.int(900),
    cost,
    price: { cost_nocache_usd: cost + saved, cache_discount_usd: saved },
    checks: { checks, ...(checks > 0 && rng.int(5) === 0 ? failedCheck(index) : {}) },
    fate: rng.int(10),
    failure: failures[rng.int(failures.length)] ?? failures[0],
    firstProvider,
    secondProvider: firstProvider === 'alpha' ? 'beta' : 'alpha',
  }
}

const failedCheck = (index: number) => ({ checks_failed: 1, failed_check: `json#${index % 2}` })

function firstTry(draw: Draw): RequestRows {
  const { label, ts, shared, tokens, price, cost, lag } = draw
  const latency = draw.latency + 1000
  const seen = { ...shared, ...tokens, served_provider: draw.firstProvider, ttft_us: draw.ttft + 1000 }
  return {
    client: clientRow(label, {
      ...seen,
      ...draw.checks,
      ts,
      sched_lag_us: lag,
      latency_us: latency,
      response_us: latency + lag,
    }),
    router: routerRow(label, { ...seen, ...price, ts: ts + 400, router_us: draw.routerTime, cost_usd: cost }),
    attempts: [goodAttempt(draw)],
  }
}

function rescued(draw: Draw): RequestRows {
  const { label, ts, shared, tokens, price, cost, lag, failure } = draw
  const latency = draw.latency + 43_000
  const seen = { ...shared, ...tokens, served_provider: draw.secondProvider, ttft_us: draw.ttft + 42_000 }
  const wasted = costOfFailure(draw)
  return {
    client: clientRow(label, {
      ...seen,
      ts,
      sched_lag_us: lag,
      latency_us: latency,
      response_us: latency + lag,
    }),
    router: routerRow(label, {
      ...seen,
      ...price,
      ts: ts + 400,
      attempts: 2,
      fallback: 'provider',
      fallback_cause: failure.error_type,
      sticky: 'moved_fault',
      router_us: draw.routerTime,
      cost_usd: wasted === null ? null : cost + wasted,
      wasted_usd: wasted,
    }),
    attempts: [
      failedAttempt(draw),
      {
        ...goodAttempt(draw),
        attempt_no: 2,
        kind: 'provider_fallback',
        ts: ts + 42_000,
        provider: draw.secondProvider,
        endpoint: `${draw.secondProvider}/one`,
      },
    ],
  }
}

function failed(draw: Draw): RequestRows {
  const { label, ts, shared, failure, lag } = draw
  const seen = { ...shared, ...failure, ...noUsage, served_provider: '', served_model: '' }
  const cost = costOfFailure(draw)
  return {
    client: clientRow(label, {
      ...seen,
      ts,
      sched_lag_us: lag,
      latency_us: 41_000,
      response_us: 41_000 + lag,
    }),
    router: routerRow(label, { ...seen, ...noPrice, ts: ts + 400, cost_usd: cost, wasted_usd: cost }),
    attempts: [failedAttempt(draw)],
  }
}

function goodAttempt({
  label,
  ts,
  shared,
  tokens,
  price,
  ttft,
  latency,
  cost,
  firstProvider,
}: Draw): AttemptRecord {
  return attemptRow(label, {
    ...shared,
    ...tokens,
    ...price,
    ts: ts + 900,
    provider: firstProvider,
    endpoint: `${firstProvider}/one`,
    ttft_us: ttft,
    latency_us: latency,
    cost_usd: cost,
  })
}

function failedAttempt(draw: Draw): AttemptRecord {
  const { label, ts, shared, failure, firstProvider } = draw
  return attemptRow(label, {
    ...shared,
    ...failure,
    ...noUsage,
    ...noPrice,
    ts: ts + 900,
    winner: false,
    provider: firstProvider,
    endpoint: `${firstProvider}/one`,
    latency_us: 40_500,
    cost_usd: costOfFailure(draw),
  })
}

/** What a cut stream cost nobody told; a rate limit was billed, to have something wasted; the rest was free. */
function costOfFailure({ failure }: Draw): bigint | null {
  if (failure.outcome === 'truncated') return null
  return failure.fault === 'rate_limit' ? 40_000_000n : 0n
}
