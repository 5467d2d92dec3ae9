import { createRollingCounts, type RollingCounts } from './rolling-counts.ts'
import { createRollingSamples } from './rolling-samples.ts'
import type { HealthEvent } from './health-event.ts'
import type { BadToolCall } from './tool-call-quality.ts'
import type { EndpointHealth, Quantiles } from './endpoint-health.ts'

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
  /** What routing reads, by counting: cheap. */
  counts(
    nowNs: number,
  ): Omit<
    EndpointHealth,
    'ttftMs' | 'ttftSamples' | 'tokensPerSecond' | 'coolDownUntilNs' | 'breaker' | 'breakerUntilNs'
  >
  /** What routing reads, by sorting: dear. */
  quantiles(nowNs: number): RoutingQuantiles
  windows(nowNs: number): HealthWindows
}

/** Quantiles for routing, and how long they hold. */
export interface RoutingQuantiles extends Pick<EndpointHealth, 'ttftMs' | 'ttftSamples' | 'tokensPerSecond'> {
  /** Samples that were sorted for them. */
  readonly sorted: number
  /** When the oldest of these samples leaves the window. */
  readonly holdUntilNs: number
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

const attemptKinds = ['ok', 'error', 'rate_limit'] as const
const toolKinds = ['requests', 'bad', 'invalid_json', 'unknown_name', 'schema_mismatch'] as const
type AttemptCounts = RollingCounts<(typeof attemptKinds)[number]>
type ToolCounts = RollingCounts<(typeof toolKinds)[number]>

/** Starts to count one endpoint. Events may come late, not in order. */
export function createEndpointStatistics(options: RoutingWindows): EndpointStatistics {
  const kinds = attemptKinds
  const outage = createRollingCounts({ kinds, windowMs: options.outageWindowMs, sliceMs: 1_000 })
  const short = createRollingCounts({ kinds, windowMs: 5 * minuteMs, sliceMs: 5_000 })
  const half = createRollingCounts({ kinds, windowMs: halfHourMs, sliceMs: 30_000 })
  const day = createRollingCounts({ kinds, windowMs: 1_440 * minuteMs, sliceMs: 15 * minuteMs })
  const tools = createRollingCounts({ kinds: toolKinds, windowMs: 120 * minuteMs, sliceMs: 2 * minuteMs })
  const ttft = createRollingSamples('lower')
  const speed = createRollingSamples('higher')

  return Object.freeze<EndpointStatistics>({
    note: ({ result, atNs, ttftMs, tokensPerSecond }) => {
      if (result === 'ignored' || result === 'refused') return
      for (const counts of [outage, short, half, day]) counts.add(result, atNs)
      if (result === 'ok' && ttftMs !== null) ttft.add(ttftMs, atNs)
      if (result === 'ok' && tokensPerSecond !== null) speed.add(tokensPerSecond, atNs)
    },
    noteToolCalls: (bad, atNs) => {
      tools.add('requests', atNs)
      if (bad !== null) for (const kind of ['bad', bad] as const) tools.add(kind, atNs)
    },
    counts: nowNs => ({
      recentErrors: outage.sum('error', nowNs),
      recentSuccesses: outage.sum('ok', nowNs),
      attempts: attemptsOf(short, nowNs),
      failed: short.sum('error', nowNs),
      rateLimited: short.sum('rate_limit', nowNs),
      toolCallRequests: tools.sum('requests', nowNs),
      badToolCallRequests: tools.sum('bad', nowNs),
      uptimePercent: uptimeOf(half, nowNs),
      requestsIn30Min: half.sum('ok', nowNs) + half.sum('error', nowNs),
    }),
    quantiles: nowNs => {
      const waits = ttft.quantiles(nowNs, options.metricsWindowMs)
      const speeds = speed.quantiles(nowNs, options.metricsWindowMs)
      return {
        ttftMs: waits.quantiles,
        ttftSamples: waits.sorted,
        tokensPerSecond: speeds.quantiles,
        sorted: Math.max(waits.sorted, speeds.sorted),
        holdUntilNs: Math.min(waits.holdUntilNs, speeds.holdUntilNs),
      }
    },
    windows: nowNs => ({
      uptime_last_5m: uptimeOf(short, nowNs),
      uptime_last_30m: uptimeOf(half, nowNs),
      uptime_last_1d: uptimeOf(day, nowNs),
      latency_last_30m: ttft.quantiles(nowNs, halfHourMs).quantiles,
      throughput_last_30m: speed.quantiles(nowNs, halfHourMs).quantiles,
      ...ratesOf(half, nowNs),
      tool_calls_last_2h: toolCallsOf(tools, nowNs),
    }),
  })
}

function ratesOf(counts: AttemptCounts, nowNs: number) {
  const attempts = attemptsOf(counts, nowNs)
  return {
    rate_limited_last_30m: percentOf(counts.sum('rate_limit', nowNs), attempts),
    available_last_30m: percentOf(counts.sum('ok', nowNs), attempts),
    attempts_last_30m: attempts,
  }
}

function toolCallsOf(counts: ToolCounts, nowNs: number): HealthWindows['tool_calls_last_2h'] {
  return {
    requests: counts.sum('requests', nowNs),
    bad: counts.sum('bad', nowNs),
    invalid_json: counts.sum('invalid_json', nowNs),
    unknown_name: counts.sum('unknown_name', nowNs),
    schema_mismatch: counts.sum('schema_mismatch', nowNs),
  }
}

function attemptsOf(counts: AttemptCounts, nowNs: number): number {
  return counts.sum('ok', nowNs) + counts.sum('error', nowNs) + counts.sum('rate_limit', nowNs)
}

function uptimeOf(counts: AttemptCounts, nowNs: number): number | null {
  const ok = counts.sum('ok', nowNs)
  return percentOf(ok, ok + counts.sum('error', nowNs))
}

/** Rounded down to two decimals, as OpenRouter shows it, by whole numbers: 95 % stays 95. */
function percentOf(part: number, whole: number): number | null {
  return whole < fewestForPercent ? null : Math.floor((part * 10_000) / whole) / 100
}
