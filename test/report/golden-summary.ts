import { readFileSync } from 'node:fs'
import type { RunSummary } from '../../src/report/index.ts'

/** Where the golden files are, seen from this folder. */
export const goldenFolder = new URL('../golden/', import.meta.url)

/** The fixed summary that golden reports are made of. */
export function goldenSummary(): RunSummary {
  return JSON.parse(readFileSync(new URL('report.json', goldenFolder), 'utf8'))
}

/** A run about which little is known: another target, no answer, names that try to be markup. */
export function bareSummary(): RunSummary {
  const none = { n: 0, p50: null, p95: null, p99: null }
  const traffic = {
    requests: 1,
    outcomes: { ok: 0, error: 1, canceled: 0, truncated: 0 },
    latencyMs: none,
    ttftMs: none,
    responseMs: none,
    routerMs: none,
    scheduleLagMs: { n: 1, p50: 0.1, p99: 0.1, max: 0.1 },
    requestSuccess: 0,
    firstTrySuccess: null,
    rescuedSuccess: null,
    fallbackRate: null,
    fellBack: null,
    cacheHitRatio: null,
    cacheHitAnswers: 0,
    cost: { usd: null, noCacheUsd: null, cacheDiscountUsd: null, wastedUsd: null, unknown: 1 },
    tokens: { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null },
    throughput: {
      requestsPerSecond: null,
      outputTokensPerSecond: null,
      perRequest: { n: 0, p5: null, p50: null, p95: null },
    },
    checks: { requests: 0, passed: 0, passedRatio: null },
  }
  return {
    ...goldenSummary(),
    ...traffic,
    scenario: '<script>alert(1)</script> | *bold* \u001b[31m',
    status: 'running',
    validity: { verdict: 'unknown', reasons: [] },
    conservation: { verdict: 'unchecked', checked: [], violations: [] },
    totalCostUsd: null,
    totalCostUnknown: 1,
    arms: { '"><img src=x>': traffic },
    endpoints: [],
    served: [],
    errors: [
      {
        grain: 'request',
        arm: 'default',
        errorType: '<i>odd</i>',
        fault: 'provider',
        provider: 'a|b',
        count: 1,
        share: 1,
      },
    ],
    failedChecks: [],
    fallbacks: [],
    sticky: {},
    slowest: [],
    endpointStates: { fromSeconds: 0, toSeconds: 0, endpoints: [] },
    timeline: { zero: 'first_request', bucketSeconds: 1, buckets: [] },
    ttftDistribution: { levels: [], series: [] },
  }
}
