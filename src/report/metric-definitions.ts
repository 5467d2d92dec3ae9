/** A number that reports show, as docs/metrics.md defines it. */
export interface MetricDefinition {
  readonly id: string
  readonly name: string
  readonly formula: string
  readonly unit: string
  /** What is left out, and when the number is absent. */
  readonly exclusions: string
}

const rows: readonly (readonly [
  id: string,
  name: string,
  formula: string,
  unit: string,
  exclusions: string,
])[] = [
  [
    'requests',
    'Requests',
    'requests sent in phase measure',
    'count',
    'warm-up and cool-down; they are in the counts of the run',
  ],
  [
    'quantile',
    'p50, p95, p99',
    'value at index ⌊level × n⌋ of the n sorted values (exact, no interpolation)',
    'as the values',
    'failures and cancellations; read them next to request success. Marked ° (in tables of HTML: grey) where n < 100 (p95: n < 20): little more than the maximum',
  ],
  [
    'ttft',
    'TTFT',
    'first token of any kind (reasoning, text, tool call) − sent',
    'ms',
    'requests that failed or did not stream',
  ],
  ['latency', 'Latency', 'end of the answer − sent (service time)', 'ms', 'requests that failed'],
  [
    'response-time',
    'Response time',
    'end of the answer − due (latency + schedule lag)',
    'ms',
    'requests that failed; absent without a replayer',
  ],
  ['schedule-lag', 'Schedule lag', 'sent − due', 'ms', 'nothing; absent without a replayer'],
  [
    'router-time',
    'Router time',
    "router's latency − its upstream time",
    'ms',
    'requests that failed; absent when any request went to another target',
  ],
  [
    'request-success',
    'Request success',
    'ok ÷ (requests − canceled), after fallback',
    'ratio',
    'cancellations',
  ],
  [
    'first-try-success',
    'First-try success',
    'ok without a failed attempt ÷ (requests − canceled)',
    'ratio',
    'cancellations; absent unless every success went through our router',
  ],
  [
    'rescued-success',
    'Rescued',
    'ok after a failed attempt ÷ (requests − canceled)',
    'ratio',
    'as first-try success; the two add up to request success',
  ],
  [
    'fallback-rate',
    'Fallback rate',
    'requests for which another provider or model was tried, answered or not ÷ requests at our router',
    'ratio',
    'retries at the same endpoint; absent when any request went to another target',
  ],
  [
    'cost',
    'Cost',
    'billed for all attempts of the requests',
    'USD',
    'requests of unknown cost; they are counted beside it. Warm-up: see the total of the run',
  ],
  [
    'cost-no-cache',
    'Cost without cache',
    'the winning answers with every input token at the input price',
    'USD',
    'requests of unknown cost; absent when it is not known for all that are in the cost',
  ],
  [
    'cache-discount',
    'Cache discount',
    'cost without cache − cost with it; negative when cache writes cost more',
    'USD',
    'requests of unknown cost; absent when it is not known for all that are in the cost',
  ],
  [
    'wasted',
    'Wasted',
    'billed for attempts that did not win; ≥ or “known waste” where requests of unknown cost may have wasted more',
    'USD',
    'requests of unknown cost; absent when it is not known for all that are in the cost',
  ],
  [
    'cache-hit-ratio',
    'Cache hit ratio',
    'input tokens read from a cache ÷ input tokens',
    'ratio',
    'answers that did not tell either count',
  ],
  [
    'tokens',
    'Tokens',
    'sums of what the answers said; input contains cached, output contains reasoning',
    'tokens',
    'answers without usage',
  ],
  [
    'tokens-per-second',
    'Speed of an answer',
    'output tokens ÷ latency of one request',
    'tokens/s',
    'requests that failed or had no output',
  ],
  ['throughput', 'Throughput', 'sum ÷ (last end − first sent); ramp and drain are inside', '1/s', 'nothing'],
  [
    'checks-passed',
    'Checks passed',
    'successful requests whose checks all passed ÷ successful requests with checks',
    'ratio',
    'requests that failed or have no check',
  ],
  [
    'uptime',
    'Uptime',
    'ok ÷ (ok + failures blamed on provider or network), over attempts',
    'ratio',
    'rate limits (429), caller errors (400, 403, 413, 422), router faults, cancellations',
  ],
  ['rate-limit-rate', 'Rate-limited', 'attempts that met a rate limit ÷ attempts', 'ratio', 'nothing'],
  [
    'effective-availability',
    'Available',
    'ok ÷ attempts that were neither the caller’s fault nor canceled',
    'ratio',
    'caller errors and cancellations',
  ],
  [
    'error-share',
    'Share',
    'failures of the class (type, blame, provider, arm) ÷ all requests (or attempts) of the run',
    'ratio',
    'nothing',
  ],
]

/** Every number of a report, in the order of docs/metrics.md. */
export const metricDefinitions: readonly MetricDefinition[] = rows.map(
  ([id, name, formula, unit, exclusions]) => ({ id, name, formula, unit, exclusions }),
)
