import { countOf, type Numeric, ratioOf, roundOf, usdOf } from './column-values.ts'
import { quantilesOf, quantilesSql } from './quantiles.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql, triesSql } from './record-sql.ts'
import type { EndpointSummary, ServedSummary } from './run-summary.ts'

interface TimedRow {
  readonly provider: string
  readonly model: string
  readonly ok: Numeric
  readonly latency_n: Numeric
  readonly latency_q: readonly Numeric[]
  readonly ttft_n: Numeric
  readonly ttft_q: readonly Numeric[]
  readonly cost: string | null
}

interface EndpointRow extends TimedRow {
  readonly endpoint: string
  readonly attempts: Numeric
  readonly failed: Numeric
  readonly rate_limited: Numeric
  readonly caller: Numeric
  readonly canceled: Numeric
  readonly hit_read: Numeric
  readonly hit_input: Numeric
}

interface ServedRow extends TimedRow {
  readonly requests: Numeric
  readonly speed: Numeric
}

const timesSql = `${quantilesSql('latency', 'latency_us', `outcome = 'ok'`)},
  ${quantilesSql('ttft', 'ttft_us', `outcome = 'ok'`)}`

/** Blame decides what counts: uptime is about the provider and the way to it. */
const endpointsSql = `WITH ${measuredSql}, ${triesSql}
SELECT provider, model, endpoint, count() AS attempts, countIf(outcome = 'ok') AS ok,
  countIf(outcome IN ('error', 'truncated') AND fault IN ('none', 'provider', 'network')) AS failed,
  countIf(outcome IN ('error', 'truncated') AND fault = 'rate_limit') AS rate_limited,
  countIf(outcome IN ('error', 'truncated') AND fault = 'client') AS caller,
  countIf(outcome = 'canceled') AS canceled,
  sumIf(cache_read_tokens, input_tokens IS NOT NULL) AS hit_read,
  sumIf(input_tokens, cache_read_tokens IS NOT NULL) AS hit_input,
  toString(sum(cost_usd)) AS cost, ${timesSql}
FROM tries GROUP BY provider, model, endpoint ORDER BY attempts DESC, provider, model, endpoint`

const servedSql = `WITH ${measuredSql}, ${routedSql}, answered AS (
  SELECT if(r.served_provider != '', r.served_provider, m.served_provider) AS provider,
    if(r.served_model != '', r.served_model, m.served_model) AS model,
    m.outcome AS outcome, m.latency_us AS latency_us, m.ttft_us AS ttft_us,
    coalesce(m.output_tokens, r.output_tokens) AS output_tokens,
    if(r.known, r.cost_usd, m.cost_usd) AS cost_usd
  FROM measured AS m LEFT ANY JOIN routed AS r ON r.request_id = m.request_id)
SELECT provider, model, count() AS requests, countIf(outcome = 'ok') AS ok, toString(sum(cost_usd)) AS cost,
  quantileExactIf(0.5)(assumeNotNull(output_tokens) * 1e6 / latency_us,
    outcome = 'ok' AND output_tokens > 0 AND latency_us > 0) AS speed, ${timesSql}
FROM answered WHERE provider != '' OR model != ''
GROUP BY provider, model ORDER BY requests DESC, provider, model`

/** How each endpoint behaved, over the attempts made for measured requests; empty when the target is not our router. */
export async function readEndpoints(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly EndpointSummary[]> {
  const rows = await reader.query<EndpointRow>(endpointsSql, params)
  return rows.map(endpointOf)
}

/** What callers saw of each provider and model that answered them. */
export async function readServed(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly ServedSummary[]> {
  const rows = await reader.query<ServedRow>(servedSql, params)
  return rows.map(row => ({
    provider: row.provider,
    model: row.model,
    requests: countOf(row.requests),
    ok: countOf(row.ok),
    ttftMs: quantilesOf(row.ttft_n, row.ttft_q),
    latencyMs: quantilesOf(row.latency_n, row.latency_q),
    tokensPerSecondP50: roundOf(row.speed, 3),
    costUsd: usdOf(row.cost),
  }))
}

function endpointOf(row: EndpointRow): EndpointSummary {
  const attempts = countOf(row.attempts)
  const ok = countOf(row.ok)
  const failed = countOf(row.failed)
  const rateLimited = countOf(row.rate_limited)
  const callerFaults = countOf(row.caller)
  const canceled = countOf(row.canceled)
  return {
    provider: row.provider,
    model: row.model,
    endpoint: row.endpoint,
    attempts,
    ok,
    failed,
    rateLimited,
    callerFaults,
    canceled,
    uptime: ratioOf(ok, ok + failed),
    rateLimitRate: ratioOf(rateLimited, attempts),
    effectiveAvailability: ratioOf(ok, attempts - callerFaults - canceled),
    ttftMs: quantilesOf(row.ttft_n, row.ttft_q),
    latencyMs: quantilesOf(row.latency_n, row.latency_q),
    cacheHitRatio: ratioOf(countOf(row.hit_read), countOf(row.hit_input)),
    costUsd: usdOf(row.cost),
  }
}
