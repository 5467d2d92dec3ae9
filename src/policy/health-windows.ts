import { type Counts, createRollingCounts } from './rolling-counts.ts'
import { createRollingSamples, type RollingSamples } from './rolling-samples.ts'
import type { HealthEvent } from './health.ts'
import type { BadToolCall } from './tool-call-quality.ts'
import type { EndpointHealth, Quantiles } from './types.ts'

/** What is shown of an endpoint (names of the read API). Percentages are rounded down to two decimals. */
export interface HealthWindows {
  /** Successes in a hundred of successes and counted errors; null below 100 of them. */
  readonly uptime_last_5m: number | null
  readonly uptime_last_30m: number | null
  readonly uptime_last_1d: number | null
  /** Milliseconds to the first token of successful streams, rising from p50 to p99; null without data. */
  readonly latency_last_30m: Quantiles | null
  /** Output tokens a second over the whole answer, falling from p50 to p99; null without data. */
  readonly throughput_last_30m: Quantiles | null
  /** Attempts in a hundred that met a rate limit; null below 100 attempts. */
  readonly rate_limited_last_30m: number | null
  /** Successes in a hundred of all attempts but caller errors and cancellations; null below 100 of them. */
  readonly available_last_30m: number | null
  /** Attempts that were answered, failed or met a rate limit. */
  readonly attempts_last_30m: number
  /** Answers that ended with tool calls, and those of them with a bad call, by the kind of their first bad call. */
  readonly tool_calls_last_2h: {
    readonly requests: number
    readonly bad: number
    readonly invalid_json: number
    readonly unknown_name: number
    readonly schema_mismatch: number
  }
}

/** What an endpoint did, in windows that move with time. Its memory is fixed. */
export interface EndpointStatistics {
  note(event: HealthEvent): void
  noteToolCalls(bad: BadToolCall | null, atNs: number): void
  /** What routing reads, by counting. */
  counts(nowNs: number): Omit<EndpointHealth, 'ttftMs' | 'tokensPerSecond' | 'coolDownUntilNs'>
  /** What routing reads, by sorting: dear. */
  quantiles(nowNs: number): Pick<EndpointHealth, 'ttftMs' | 'tokensPerSecond'>
  /** Samples that `quantiles` sorts. */
  samples(nowNs: number): number
  windows(nowNs: number): HealthWindows
}

/** How far the windows of routing reach; those that are shown are fixed. */
interface RoutingWindows {
  readonly outageWindowMs: number
  readonly metricsWindowMs: number
}

/** Fewest counted attempts for a percentage (router contract, section 7). */
const fewestForPercent = 100
const minuteMs = 60_000
const halfHourMs = 30 * minuteMs

/** Starts to count one endpoint. Events may come up to a slice of time late, not in order. */
export function createEndpointStatistics(options: RoutingWindows): EndpointStatistics {
  const outage = createRollingCounts({ windowMs: options.outageWindowMs, sliceMs: 1_000 })
  const short = createRollingCounts({ windowMs: 5 * minuteMs, sliceMs: 5_000 })
  const half = createRollingCounts({ windowMs: halfHourMs, sliceMs: 30_000 })
  const day = createRollingCounts({ windowMs: 1_440 * minuteMs, sliceMs: 15 * minuteMs })
  const tools = createRollingCounts({ windowMs: 120 * minuteMs, sliceMs: 2 * minuteMs })
  const ttft = createRollingSamples('lower')
  const speed = createRollingSamples('higher')
  const latest = (samples: RollingSamples, nowNs: number) => samples.quantiles(nowNs, options.metricsWindowMs)

  return Object.freeze<EndpointStatistics>({
    note: ({ result, atNs, ttftMs, tokensPerSecond }) => {
      if (result === 'ignored') return
      for (const counts of [outage, short, half, day]) counts.add(result, atNs)
      if (result === 'ok' && ttftMs !== null) ttft.add(ttftMs, atNs)
      if (result === 'ok' && tokensPerSecond !== null) speed.add(tokensPerSecond, atNs)
    },
    noteToolCalls: (bad, atNs) => {
      tools.add('tool_requests', atNs)
      if (bad !== null) for (const kind of ['bad_tool_requests', bad] as const) tools.add(kind, atNs)
    },
    counts: nowNs =>
      routingCounts({
        recent: outage.sums(nowNs),
        lately: short.sums(nowNs),
        longer: half.sums(nowNs),
        calls: tools.sums(nowNs),
      }),
    quantiles: nowNs => ({ ttftMs: latest(ttft, nowNs), tokensPerSecond: latest(speed, nowNs) }),
    samples: nowNs =>
      Math.max(ttft.count(nowNs, options.metricsWindowMs), speed.count(nowNs, options.metricsWindowMs)),
    windows: nowNs => ({
      uptime_last_5m: uptimeOf(short.sums(nowNs)),
      uptime_last_30m: uptimeOf(half.sums(nowNs)),
      uptime_last_1d: uptimeOf(day.sums(nowNs)),
      latency_last_30m: ttft.quantiles(nowNs, halfHourMs),
      throughput_last_30m: speed.quantiles(nowNs, halfHourMs),
      ...ratesOf(half.sums(nowNs)),
      tool_calls_last_2h: toolCallsOf(tools.sums(nowNs)),
    }),
  })
}

function routingCounts({
  recent,
  lately,
  longer,
  calls,
}: Readonly<Record<'recent' | 'lately' | 'longer' | 'calls', Counts>>): ReturnType<
  EndpointStatistics['counts']
> {
  return {
    recentErrors: recent.error,
    recentSuccesses: recent.ok,
    attempts: attemptsOf(lately),
    failed: lately.error,
    rateLimited: lately.rate_limit,
    toolCallRequests: calls.tool_requests,
    badToolCallRequests: calls.bad_tool_requests,
    uptimePercent: uptimeOf(longer),
    requestsIn30Min: longer.ok + longer.error,
  }
}

function ratesOf(half: Counts) {
  const attempts = attemptsOf(half)
  return {
    rate_limited_last_30m: percentOf(half.rate_limit, attempts),
    available_last_30m: percentOf(half.ok, attempts),
    attempts_last_30m: attempts,
  }
}

function toolCallsOf(counts: Counts): HealthWindows['tool_calls_last_2h'] {
  return {
    requests: counts.tool_requests,
    bad: counts.bad_tool_requests,
    invalid_json: counts.invalid_json,
    unknown_name: counts.unknown_name,
    schema_mismatch: counts.schema_mismatch,
  }
}

function attemptsOf({ ok, error, rate_limit: rateLimited }: Counts): number {
  return ok + error + rateLimited
}

function uptimeOf({ ok, error }: Counts): number | null {
  return percentOf(ok, ok + error)
}

/** Rounded down to two decimals, as OpenRouter shows it, by whole numbers: 95 % stays 95. */
function percentOf(part: number, whole: number): number | null {
  return whole < fewestForPercent ? null : Math.floor((part * 10_000) / whole) / 100
}
