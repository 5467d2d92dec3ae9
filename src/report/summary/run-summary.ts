import type { EndpointStates } from './endpoint-states.ts'

/** Quantiles in milliseconds over `n` values; every one is null when `n` is 0. */
export interface Quantiles {
  readonly n: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** How late requests left, in milliseconds; all null where no replayer measured. */
export interface ScheduleLag {
  readonly n: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** How requests ended. */
export interface OutcomeCounts {
  readonly ok: number
  readonly error: number
  readonly canceled: number
  readonly truncated: number
}

/**
 * Money as decimal strings of USD; null when no request's amount is known. All amounts are over the same requests,
 * those in `usd`: one that is known for only some of them is null.
 */
export interface CostSummary {
  readonly usd: string | null
  readonly noCacheUsd: string | null
  /** Signed: negative when cache writes cost more than reads saved. */
  readonly cacheDiscountUsd: string | null
  /** What requests of unknown cost wasted is unknown too, and not in it. */
  readonly wastedUsd: string | null
  /** Requests whose cost is not known; they are not in the sums. */
  readonly unknown: number
}

/** Sums of tokens; null when no request told its count. */
export interface TokenSummary {
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly output: number | null
  readonly reasoning: number | null
}

/** How fast answers came. Quantiles are output tokens a second of one request. */
export interface Throughput {
  readonly requestsPerSecond: number | null
  readonly outputTokensPerSecond: number | null
  readonly perRequest: {
    readonly n: number
    readonly p5: number | null
    readonly p50: number | null
    readonly p95: number | null
  }
}

/** Checks on the answers of successful requests. */
export interface CheckSummary {
  /** Successful requests that had at least one check. */
  readonly requests: number
  readonly passed: number
  readonly passedRatio: number | null
}

/** The numbers of a set of measured requests: of a whole run, or of one arm. Each is defined in docs/metrics.md. */
export interface TrafficSummary {
  readonly requests: number
  readonly outcomes: OutcomeCounts
  readonly latencyMs: Quantiles
  readonly ttftMs: Quantiles
  readonly responseMs: Quantiles
  /** Without values where some of the requests went to another target than our router. */
  readonly routerMs: Quantiles
  readonly scheduleLagMs: ScheduleLag
  readonly requestSuccess: number | null
  readonly firstTrySuccess: number | null
  readonly rescuedSuccess: number | null
  /** null where some of the requests went to another target than our router. */
  readonly fallbackRate: number | null
  /** Requests that `fallbackRate` counts: another provider or model was tried for them. */
  readonly fellBack: number | null
  readonly cacheHitRatio: number | null
  /** Answers that told both counts of `cacheHitRatio`. */
  readonly cacheHitAnswers: number
  readonly cost: CostSummary
  readonly tokens: TokenSummary
  readonly throughput: Throughput
  readonly checks: CheckSummary
}

/** Behaviour of one endpoint over its attempts. */
export interface EndpointSummary {
  readonly provider: string
  readonly model: string
  readonly endpoint: string
  readonly attempts: number
  readonly ok: number
  /** Failures that count against uptime. */
  readonly failed: number
  readonly rateLimited: number
  readonly callerFaults: number
  readonly canceled: number
  readonly uptime: number | null
  readonly rateLimitRate: number | null
  readonly effectiveAvailability: number | null
  readonly ttftMs: Quantiles
  readonly latencyMs: Quantiles
  readonly cacheHitRatio: number | null
  readonly costUsd: string | null
}

/** What callers saw of one provider and model, after fallback. */
export interface ServedSummary {
  readonly provider: string
  readonly model: string
  readonly requests: number
  readonly ok: number
  readonly ttftMs: Quantiles
  readonly latencyMs: Quantiles
  readonly tokensPerSecondP50: number | null
  readonly costUsd: string | null
}

/** One class of failure. */
export interface ErrorClass {
  /** `request`: callers saw it. `attempt`: an upstream call met it, perhaps rescued. */
  readonly grain: 'request' | 'attempt'
  readonly arm: string
  readonly errorType: string
  readonly fault: string
  readonly provider: string
  readonly count: number
  /** Of all measured requests or attempts. */
  readonly share: number
}

/** Successful requests by the first of their checks that failed. */
export interface FailedCheck {
  /** Kind and place of the check among its request's checks, such as `json#0`. */
  readonly check: string
  readonly arm: string
  readonly count: number
}

/** Requests for which another endpoint than the first was tried. `to` is empty when none answered. */
export interface FallbackFlow {
  readonly from: string
  readonly to: string
  readonly cause: string
  readonly count: number
}

/** One upstream call of a slow request, placed in time. */
export interface SlowAttempt {
  readonly attemptNo: number
  readonly kind: string
  readonly provider: string
  readonly model: string
  readonly outcome: string
  readonly errorType: string
  readonly winner: boolean
  /** Since the router received the request. */
  readonly startMs: number
  readonly latencyMs: number
  readonly ttftMs: number | null
}

/** One of the slowest requests, and where its time went. */
export interface SlowRequest {
  readonly requestId: string
  readonly traceId: string
  readonly arm: string
  readonly model: string
  readonly provider: string
  readonly outcome: string
  readonly errorType: string
  readonly latencyMs: number
  readonly ttftMs: number | null
  readonly outputTokens: number | null
  /** Time inside the router but outside attempts; null when the target is not our router. */
  readonly routerMs: number | null
  readonly attempts: readonly SlowAttempt[]
}

/** One slice of the measured time, by when requests were sent. */
export interface TimeBucket {
  /** Seconds since the timeline's zero. */
  readonly atSeconds: number
  readonly ok: number
  readonly failed: number
  readonly canceled: number
  readonly ttftP50Ms: number | null
  readonly ttftP95Ms: number | null
  readonly latencyP95Ms: number | null
}

/** Measured requests over time. */
export interface Timeline {
  /** From when seconds count: the start of the run, as faults of a scenario do, or where it is not known the first request. */
  readonly zero: 'run_start' | 'first_request'
  readonly bucketSeconds: number
  readonly buckets: readonly TimeBucket[]
}

/** A cumulative distribution of TTFT: `ms[i]` is the quantile at `levels[i]` of the summary. */
export interface Distribution {
  readonly by: 'arm' | 'provider'
  readonly name: string
  readonly n: number
  readonly ms: readonly number[]
}

/** A broken conservation law. */
export interface Violation {
  readonly law: string
  readonly meaning: string
  readonly count: number
  /** Up to three examples. */
  readonly requestIds: readonly string[]
}

/** Whether the records of a run add up. */
export interface Conservation {
  readonly verdict: 'holds' | 'broken' | 'unchecked'
  /** Names of the laws that could be checked on this run. */
  readonly checked: readonly string[]
  readonly violations: readonly Violation[]
}

/** What a run was and how its host did. */
export interface RunFacts {
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly scenarioHash: string
  readonly planHash: string
  readonly harnessVersion: string
  readonly nodeVersion: string
  readonly host: string
  readonly labels: Readonly<Record<string, string>>
  readonly recordsDropped: number | null
  readonly spansDropped: number | null
  readonly loopDelayP99Ms: number | null
  readonly cpuRatio: number | null
}

/**
 * `summary.json`: everything a report says about one run. Metrics are over measured requests only
 * (phase `measure`); `counts` and `conservation` are over all phases. Absent is null, never 0.
 */
export interface RunSummary extends TrafficSummary {
  readonly schemaVersion: 1
  readonly runId: string
  readonly scenario: string
  readonly seed: string
  readonly status: string
  /** Whose view the request metrics are: the replayer's, or the router's when there was no replayer. */
  readonly vantage: 'client' | 'router'
  readonly validity: {
    readonly verdict: 'valid' | 'invalid' | 'unknown'
    readonly reasons: readonly string[]
  }
  readonly conservation: Conservation
  /** All phases. */
  readonly counts: OutcomeCounts & {
    readonly planned: number | null
    readonly sent: number
    /** Answers of a response cache. They are in `ok`, and in no metric. */
    readonly cached: number
  }
  /** Billed in all phases, warm-up included. */
  readonly totalCostUsd: string | null
  /** Requests of all phases whose cost is not known; they are not in `totalCostUsd`. */
  readonly totalCostUnknown: number
  readonly run: RunFacts
  readonly arms: Readonly<Record<string, TrafficSummary>>
  readonly endpoints: readonly EndpointSummary[]
  readonly served: readonly ServedSummary[]
  readonly errors: readonly ErrorClass[]
  readonly failedChecks: readonly FailedCheck[]
  readonly fallbacks: readonly FallbackFlow[]
  /** Requests by what sticky routing did; empty when the target is not our router. */
  readonly sticky: Readonly<Record<string, number>>
  readonly slowest: readonly SlowRequest[]
  readonly timeline: Timeline
  readonly endpointStates: EndpointStates
  readonly ttftDistribution: { readonly levels: readonly number[]; readonly series: readonly Distribution[] }
}
