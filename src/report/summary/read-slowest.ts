import { countOf, msOf, type Numeric, numberOf } from './column-values.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql, triesSql } from './record-sql.ts'
import type { SlowAttempt, SlowRequest } from './run-summary.ts'

interface SlowRow {
  readonly request_id: string
  readonly trace_id: string
  readonly arm: string
  readonly model: string
  readonly provider: string
  readonly outcome: string
  readonly error_type: string
  readonly latency_us: Numeric
  readonly ttft_us: Numeric
  readonly output_tokens: Numeric
  readonly known: Numeric | boolean
  readonly router_us: Numeric
  readonly received_us: Numeric
}

interface AttemptRow {
  readonly request_id: string
  readonly attempt_no: Numeric
  readonly kind: string
  readonly provider: string
  readonly model: string
  readonly outcome: string
  readonly error_type: string
  readonly winner: Numeric | boolean
  readonly began_us: Numeric
  readonly latency_us: Numeric
  readonly ttft_us: Numeric
}

/** `slow`: cancellations are left out, their time is the caller's choice. */
const slowSql = `slow AS (
  SELECT * FROM measured WHERE outcome != 'canceled' ORDER BY latency_us DESC, request_id LIMIT 10)`

const requestsSql = `WITH ${measuredSql}, ${routedSql}, ${slowSql}
SELECT toString(m.request_id) AS request_id, m.trace_id AS trace_id, toString(m.arm) AS arm,
  toString(multiIf(r.served_model != '', r.served_model, m.served_model != '', m.served_model, m.requested_model)) AS model,
  toString(if(r.served_provider != '', r.served_provider, m.served_provider)) AS provider,
  toString(m.outcome) AS outcome, toString(m.error_type) AS error_type, m.latency_us AS latency_us,
  m.ttft_us AS ttft_us, coalesce(m.output_tokens, r.output_tokens) AS output_tokens,
  r.known AS known, r.router_us AS router_us, toUnixTimestamp64Micro(r.ts) AS received_us
FROM slow AS m LEFT ANY JOIN routed AS r ON r.request_id = m.request_id
ORDER BY m.latency_us DESC, m.request_id`

const attemptsSql = `WITH ${measuredSql}, ${slowSql}, ${triesSql}
SELECT toString(request_id) AS request_id, attempt_no, toString(kind) AS kind, toString(provider) AS provider,
  toString(model) AS model, toString(outcome) AS outcome, toString(error_type) AS error_type, winner,
  toUnixTimestamp64Micro(ts) AS began_us, latency_us, ttft_us
FROM tries WHERE request_id IN (SELECT request_id FROM slow) ORDER BY request_id, attempt_no`

/** The ten slowest measured requests with their attempts, slowest first. */
export async function readSlowest(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly SlowRequest[]> {
  const requests = await reader.query<SlowRow>(requestsSql, params)
  const attempts = await reader.query<AttemptRow>(attemptsSql, params)
  return requests.map(row => {
    const own = attempts.filter(attempt => attempt.request_id === row.request_id)
    return slowRequestOf(row, own)
  })
}

function slowRequestOf(row: SlowRow, attempts: readonly AttemptRow[]): SlowRequest {
  const known = Boolean(row.known)
  const receivedUs = known ? countOf(row.received_us) : countOf(attempts[0]?.began_us)
  return {
    requestId: row.request_id,
    traceId: row.trace_id,
    arm: row.arm || 'default',
    model: row.model,
    provider: row.provider,
    outcome: row.outcome,
    errorType: row.error_type,
    latencyMs: msOf(row.latency_us) ?? 0,
    ttftMs: msOf(row.ttft_us),
    outputTokens: numberOf(row.output_tokens),
    routerMs: known ? msOf(row.router_us) : null,
    attempts: attempts.map(attempt => slowAttemptOf(attempt, receivedUs)),
  }
}

function slowAttemptOf(row: AttemptRow, receivedUs: number): SlowAttempt {
  return {
    attemptNo: countOf(row.attempt_no),
    kind: row.kind,
    provider: row.provider,
    model: row.model,
    outcome: row.outcome,
    errorType: row.error_type,
    winner: Boolean(row.winner),
    startMs: msOf(countOf(row.began_us) - receivedUs) ?? 0,
    latencyMs: msOf(row.latency_us) ?? 0,
    ttftMs: msOf(row.ttft_us),
  }
}
