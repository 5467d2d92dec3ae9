import { countOf, type Numeric, ratioOf } from './column-values.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql, triesSql } from './record-sql.ts'
import type { ErrorClass, FallbackFlow } from './run-summary.ts'

interface ErrorRow {
  readonly grain: 'request' | 'attempt'
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
SELECT '${grain}' AS grain, if(error_type = '', toString(outcome), toString(error_type)) AS error_type,
  toString(fault) AS fault, toString(${provider}) AS provider, count() AS failures,
  (SELECT count() FROM ${source}) AS all_rows
FROM ${source} WHERE outcome != 'ok' GROUP BY error_type, fault, provider`

const errorsSql = `WITH ${measuredSql}, ${triesSql}
SELECT * FROM (${classesSql('request', 'measured', 'served_provider')}
UNION ALL ${classesSql('attempt', 'tries', 'provider')})
ORDER BY grain DESC, failures DESC, error_type, fault, provider`

const fallbacksSql = `WITH ${measuredSql}, ${triesSql}, flows AS (
  SELECT argMin(concat(provider, ' ', model), attempt_no) AS origin,
    argMinIf(error_type, attempt_no, outcome IN ('error', 'truncated')) AS cause,
    anyIf(concat(provider, ' ', model), winner) AS answered, count() AS attempts
  FROM tries GROUP BY request_id)
SELECT origin, answered, cause, count() AS requests FROM flows
WHERE attempts > 1 AND origin != answered
GROUP BY origin, answered, cause ORDER BY requests DESC, origin, answered, cause`

const stickySql = `WITH ${measuredSql}, ${routedSql}
SELECT toString(sticky) AS state, count() AS requests FROM routed
WHERE request_id IN (SELECT request_id FROM measured) GROUP BY state ORDER BY requests DESC, state`

/** Failures by class, blame and provider: of requests as callers saw them, and of attempts. */
export async function readErrors(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly ErrorClass[]> {
  const rows = await reader.query<ErrorRow>(errorsSql, params)
  return rows.map(row => ({
    grain: row.grain,
    errorType: row.error_type,
    fault: row.fault,
    provider: row.provider,
    count: countOf(row.failures),
    share: ratioOf(countOf(row.failures), countOf(row.all_rows)) ?? 0,
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
