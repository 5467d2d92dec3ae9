import { countOf, type Numeric, ratioOf } from './column-values.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql, triesSql } from './record-sql.ts'
import type { ErrorClass, FailedCheck, FallbackFlow } from './run-summary.ts'

interface ErrorRow {
  readonly grain: 'request' | 'attempt'
  readonly arm: string
  readonly error_type: string
  readonly fault: string
  readonly provider: string
  readonly failures: Numeric
  readonly all_rows: Numeric
}

interface FallbackRow {
  readonly origin: string
  readonly answered: string
  readonly cause: string
  readonly requests: Numeric
}

const classesSql = (grain: 'request' | 'attempt', source: string, provider: string) => `
SELECT '${grain}' AS grain, toString(arm) AS arm, if(error_type = '', toString(outcome), toString(error_type)) AS error_type,
  toString(fault) AS fault, toString(${provider}) AS provider, count() AS failures,
  (SELECT count() FROM ${source}) AS all_rows
FROM ${source} WHERE outcome != 'ok' GROUP BY arm, error_type, fault, provider`

const errorsSql = `WITH ${measuredSql}, ${triesSql}
SELECT * FROM (${classesSql('request', 'measured', 'served_provider')}
UNION ALL ${classesSql('attempt', 'tries', 'provider')})
ORDER BY grain DESC, failures DESC, error_type, fault, provider, arm`

const checksSql = `WITH ${measuredSql}
SELECT toString(failed_check) AS name, toString(arm) AS arm, count() AS requests
FROM measured WHERE outcome = 'ok' AND checks_failed > 0
GROUP BY name, arm ORDER BY requests DESC, name, arm`

const fallbacksSql = `WITH ${measuredSql}, ${triesSql}, flows AS (
  SELECT argMin(kind, attempt_no) = 'model_fallback' AS nowhere,
    if(nowhere, concat('no endpoint of ', any(requested_model)), argMin(concat(provider, ' ', model), attempt_no)) AS origin,
    if(nowhere, 'no_endpoints', argMinIf(error_type, attempt_no, outcome IN ('error', 'truncated'))) AS cause,
    anyIf(concat(provider, ' ', model), winner) AS answered, uniqExact(provider, model) AS tried
  FROM tries GROUP BY request_id)
SELECT origin, answered, cause, count() AS requests FROM flows WHERE nowhere OR tried > 1
GROUP BY origin, answered, cause ORDER BY requests DESC, origin, answered, cause`

const stickySql = `WITH ${measuredSql}, ${routedSql}
SELECT toString(sticky) AS state, count() AS requests FROM routed
WHERE request_id IN (SELECT request_id FROM measured) GROUP BY state ORDER BY requests DESC, state`

/** Failures by class, blame, provider and arm: of requests as callers saw them, and of attempts. */
export async function readErrors(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly ErrorClass[]> {
  const rows = await reader.query<ErrorRow>(errorsSql, params)
  return rows.map(row => ({
    grain: row.grain,
    arm: row.arm || 'default',
    errorType: row.error_type,
    fault: row.fault,
    provider: row.provider,
    count: countOf(row.failures),
    share: ratioOf(countOf(row.failures), countOf(row.all_rows)) ?? 0,
  }))
}

/** Successful requests that failed a check, by the first that did and by arm. */
export async function readFailedChecks(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly FailedCheck[]> {
  const rows = await reader.query<{ name: string; arm: string; requests: Numeric }>(checksSql, params)
  return rows.map(({ name, arm, requests }) => ({
    check: name || 'unnamed',
    arm: arm || 'default',
    count: countOf(requests),
  }))
}

/** From which endpoint requests moved to which other, and why. */
export async function readFallbacks(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly FallbackFlow[]> {
  const rows = await reader.query<FallbackRow>(fallbacksSql, params)
  return rows.map(row => ({
    from: row.origin,
    to: row.answered,
    cause: row.cause,
    count: countOf(row.requests),
  }))
}

/** Requests by what sticky routing did. */
export async function readSticky(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, number>>> {
  const rows = await reader.query<{ state: string; requests: Numeric }>(stickySql, params)
  return Object.fromEntries(rows.map(row => [row.state, countOf(row.requests)]))
}
