/**
 * SQL that fills the record tables with `count` requests of one run: two arms, three providers, some failures,
 * rescues and rate limits, realistic spread of times. Pure functions of the row number, so every run is the same.
 */
export function reportTraffic(runId: string, count: number): readonly string[] {
  return [
    requestsSql(runId, count, 'client'),
    requestsSql(runId, count, 'router'),
    ...attemptsSql(runId, count),
    runSql(runId, count),
  ]
}

/** One row per request with its fate; every other statement draws from it. */
const fateSql = (count: number) => `
  SELECT number AS i, toUUID(concat(leftPad(hex(i), 8, '0'), '-0000-8000-8000-000000000000')) AS request_id,
    lower(leftPad(hex(i), 32, '0')) AS trace_id, if(i % 2 = 0, 'baseline', 'candidate') AS arm,
    if(i < ${count} / 50, 'warmup', 'measure') AS phase,
    cityHash64(i, 'luck') % 1000 AS luck, cityHash64(i, 'speed') % 10000 / 10000 AS u,
    ['alpha', 'beta', 'gamma'][1 + cityHash64(i, 'first') % 3] AS first_provider,
    ['alpha', 'beta', 'gamma'][1 + (cityHash64(i, 'first') + 1) % 3] AS second_provider,
    luck < 40 AS first_failed, luck < 15 AS rate_limited, luck < 8 AS both_failed,
    toUInt32(180000 * (arm = 'candidate' ? 0.8 : 1) * exp(1.1 * sqrt(-2 * log(1 - u)) * cos(6.2831853 * cityHash64(i, 'angle') / 18446744073709551615)) ) AS ttft,
    toUInt32(ttft + 6000 * (60 + cityHash64(i, 'length') % 200)) AS latency,
    60 + cityHash64(i, 'length') % 200 AS output, 800 + cityHash64(i, 'prompt') % 4000 AS input,
    if(luck % 3 = 0, 0, toUInt32(input * 0.7)) AS cached,
    toDateTime64('2026-11-20 12:00:00', 6, 'UTC') + toIntervalMicrosecond(i * 6000) AS sent_at,
    toDecimal64(output * 4e-6 + (input - cached) * 1e-6 + cached * 1e-7, 12) AS price,
    toDecimal64(cached * 9e-7, 12) AS saved
  FROM numbers(${count})`

const requestsSql = (runId: string, count: number, vantage: 'client' | 'router') => `
INSERT INTO requests (ts, vantage, run_id, scenario, arm, phase, request_id, trace_id, target, stream, requested_model,
  served_model, served_provider, outcome, fault, error_type, http_status, attempts, fallback, fallback_cause,
  sticky, sched_lag_us, latency_us, response_us, router_us, ttft_us, usage_source, input_tokens, output_tokens,
  cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_source, cost_usd, cost_nocache_usd,
  cache_discount_usd, wasted_usd, schema_version)
SELECT sent_at, '${vantage}', '${runId}', 'report-bench', arm, phase, request_id, trace_id, 'router', true, 'demo/model',
  if(both_failed, '', 'demo/model'), multiIf(both_failed, '', first_failed, second_provider, first_provider),
  if(both_failed, 'error', 'ok'), if(both_failed, 'provider', 'none'), if(both_failed, 'provider_unavailable', ''),
  if(both_failed, 502, 200), if(first_failed, 2, 1), if(first_failed, 'provider', 'none'),
  multiIf(NOT first_failed, '', rate_limited, 'rate_limit_exceeded', 'provider_unavailable'),
  if(first_failed, 'moved_fault', 'kept'), ${vantage === 'client' ? 'luck' : '0'}, latency + if(first_failed, 120000, 0),
  latency + if(first_failed, 120000, 0) + luck, ${vantage === 'client' ? '0' : '400 + luck'}, if(both_failed, NULL, ttft),
  if(both_failed, 'none', 'provider'), if(both_failed, NULL, input), if(both_failed, NULL, output),
  if(both_failed, NULL, cached), if(both_failed, NULL, 0), if(both_failed, NULL, 0),
  ${
    vantage === 'client'
      ? `'none', NULL, NULL, NULL, NULL`
      : `'local', if(both_failed, 0, price), if(both_failed, 0, price + saved), if(both_failed, 0, saved), 0`
  }, 1
FROM (${fateSql(count)})`

const attemptColumns = `ts, run_id, scenario, arm, phase, request_id, trace_id, attempt_no, kind, winner, requested_model,
  provider, model, endpoint, outcome, fault, error_type, http_status, latency_us, ttft_us, input_tokens, output_tokens,
  cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_source, cost_usd, schema_version`

const attemptsSql = (runId: string, count: number) => [
  `INSERT INTO attempts (${attemptColumns})
SELECT sent_at + toIntervalMicrosecond(300), '${runId}', 'report-bench', arm, phase, request_id, trace_id, 1, 'primary', NOT first_failed,
  'demo/model', first_provider, 'demo/model', concat(first_provider, '/model'), if(first_failed, 'error', 'ok'),
  multiIf(NOT first_failed, 'none', rate_limited, 'rate_limit', 'provider'),
  multiIf(NOT first_failed, '', rate_limited, 'rate_limit_exceeded', 'provider_unavailable'),
  multiIf(NOT first_failed, 200, rate_limited, 429, 502), if(first_failed, 120000, latency), if(first_failed, NULL, ttft),
  if(first_failed, NULL, input), if(first_failed, NULL, output), if(first_failed, NULL, cached),
  if(first_failed, NULL, 0), if(first_failed, NULL, 0), 'local', if(first_failed, 0, price), 1
FROM (${fateSql(count)})`,
  `INSERT INTO attempts (${attemptColumns})
SELECT sent_at + toIntervalMicrosecond(120300), '${runId}', 'report-bench', arm, phase, request_id, trace_id, 2, 'provider_fallback', NOT both_failed,
  'demo/model', second_provider, 'demo/model', concat(second_provider, '/model'), if(both_failed, 'error', 'ok'),
  if(both_failed, 'provider', 'none'), if(both_failed, 'provider_unavailable', ''), if(both_failed, 502, 200),
  latency, if(both_failed, NULL, ttft), if(both_failed, NULL, input), if(both_failed, NULL, output),
  if(both_failed, NULL, cached), if(both_failed, NULL, 0), if(both_failed, NULL, 0), 'local',
  if(both_failed, 0, price), 1
FROM (${fateSql(count)}) WHERE first_failed`,
]

const runSql = (runId: string, count: number) => `
INSERT INTO runs (run_id, version, scenario, seed, status, valid, invalid_reasons, started_at, ended_at, planned, sent,
  harness_version, schema_version)
SELECT '${runId}', 2, 'report-bench', '1', 'done', true, '[]', toDateTime64('2026-11-20 12:00:00', 6, 'UTC'),
  toDateTime64('2026-11-20 12:10:00', 6, 'UTC'), ${count}, ${count}, 'bench', 1`
