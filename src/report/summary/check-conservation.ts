import { countOf, type Numeric } from './column-values.ts'
import { type Law, requestLaws } from './conservation-laws.ts'
import type { RecordReader } from './record-reader.ts'
import type { Conservation, Violation } from './run-summary.ts'

type LawRow = Readonly<Record<string, Numeric | readonly string[]>>

interface TotalsRow {
  readonly clients: Numeric
  readonly routers: Numeric
  readonly ended: Numeric
  readonly status: string
  readonly planned: Numeric
  readonly sent: Numeric
  readonly dropped: Numeric
}

const totalsSql = `WITH newest AS (
  SELECT * FROM runs WHERE run_id = {run_id:String} ORDER BY version DESC LIMIT 1)
SELECT countIf(vantage = 'client') AS clients, countIf(vantage = 'router') AS routers,
  countIf(vantage = 'client' AND outcome IN ('ok', 'error', 'canceled', 'truncated')) AS ended,
  (SELECT toString(any(status)) FROM newest) AS status, (SELECT any(planned) FROM newest) AS planned,
  (SELECT any(sent) FROM newest) AS sent, (SELECT any(records_dropped) FROM newest) AS dropped
FROM requests WHERE run_id = {run_id:String}`

/** One row per request with what each side said of it. One pass and no join, so that no side can hide another. */
const perRequestSql = `per_request AS (
  SELECT request_id, countIf(side = 'client') AS clients, countIf(side = 'router') AS routers,
    countIf(side = 'attempt') AS tries, countIf(side = 'attempt' AND winner) AS winners,
    anyIf(target, side = 'client') AS target, anyIf(http_status, side = 'client') AS client_status,
    anyIf(outcome = 'ok', side = 'router') AS router_ok, anyIf(attempts, side = 'router') AS declared,
    anyIf(cost_usd, side = 'router') AS cost, sumIf(cost_usd, side = 'attempt') AS tries_cost,
    countIf(side = 'attempt' AND cost_usd IS NULL) AS unpriced,
    anyIf(input_tokens, side = 'client') AS client_input, anyIf(input_tokens, winner) AS winner_input,
    anyIf(output_tokens, side = 'client') AS client_output, anyIf(output_tokens, winner) AS winner_output,
    anyIf(cache_read_tokens, side = 'client') AS client_read, anyIf(cache_read_tokens, winner) AS winner_read,
    anyIf(cache_write_tokens, side = 'client') AS client_write, anyIf(cache_write_tokens, winner) AS winner_write,
    anyIf(reasoning_tokens, side = 'client') AS client_reasoning, anyIf(reasoning_tokens, winner) AS winner_reasoning
  FROM (
    SELECT toString(vantage) AS side, request_id, false AS winner, toString(target) AS target, http_status,
      toString(outcome) AS outcome, attempts, cost_usd, input_tokens, output_tokens, cache_read_tokens,
      cache_write_tokens, reasoning_tokens
    FROM requests WHERE run_id = {run_id:String}
    UNION ALL
    SELECT 'attempt' AS side, request_id, winner, '' AS target, http_status, toString(outcome) AS outcome,
      0 AS attempts, cost_usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens
    FROM attempts WHERE run_id = {run_id:String} AND kind != 'probe')
  GROUP BY request_id)`

/** Targets that are our router: at least one of their requests has a router's row. */
const routedTargetsSql = `routed_targets AS (
  SELECT DISTINCT toString(target) FROM requests
  WHERE run_id = {run_id:String} AND vantage = 'client' AND request_id IN (
    SELECT request_id FROM requests WHERE run_id = {run_id:String} AND vantage = 'router'))`

/**
 * Checks that the records of a run add up (DESIGN invariant 2), over all phases.
 *
 * Laws that need a side which did not record (another target than our router, no replayer, a run that was killed
 * before its final row) are left out of `checked`; nothing is assumed to hold unseen.
 */
export async function checkConservation(reader: RecordReader, runId: string): Promise<Conservation> {
  const params = { run_id: runId }
  const [totals] = await reader.query<TotalsRow>(totalsSql, params)
  if (!totals) return { verdict: 'unchecked', checked: [], violations: [] }
  const finished = ['done', 'failed', 'aborted'].includes(totals.status)
  const facts = {
    client: countOf(totals.clients) > 0,
    router: countOf(totals.routers) > 0,
    done: totals.status === 'done',
  }
  const laws = requestLaws.filter(law => law.needs.every(need => facts[need]))
  const runLaws = finished ? checkTotals(totals) : []
  const rows = laws.length > 0 ? await reader.query<LawRow>(lawsSql(laws), params) : []
  const broken = laws.map((law, index) => violationOf(law, index, rows[0] ?? {}))
  const results = [...runLaws, ...broken]
  const violations = results.filter(result => result.count > 0)
  return { verdict: verdictOf(results, violations), checked: results.map(({ law }) => law), violations }
}

function verdictOf(results: readonly Violation[], violations: readonly Violation[]): Conservation['verdict'] {
  if (results.length === 0) return 'unchecked'
  return violations.length > 0 ? 'broken' : 'holds'
}

/** Laws between the run's own row and the number of its records. */
function checkTotals(totals: TotalsRow): readonly Violation[] {
  const clients = countOf(totals.clients)
  const sent = countOf(totals.sent)
  const law = (name: string, meaning: string, count: number): Violation => ({
    law: name,
    meaning,
    count,
    requestIds: [],
  })
  return [
    law('sent', 'requests sent = client records', Math.abs(sent - clients)),
    law('planned', 'no more requests sent than planned', Math.max(0, sent - countOf(totals.planned))),
    law('outcomes', 'client records = ok + error + canceled + truncated', clients - countOf(totals.ended)),
    law('dropped', 'no record was dropped', countOf(totals.dropped)),
  ]
}

function lawsSql(laws: readonly Law[]): string {
  const columns = laws.map(
    ({ broken }, index) =>
      `countIf(${broken}) AS broken_${index}, groupArrayIf(3)(toString(request_id), ${broken}) AS ids_${index}`,
  )
  return `WITH ${perRequestSql}, ${routedTargetsSql} SELECT ${columns.join(',\n  ')} FROM per_request`
}

function violationOf(law: Law, index: number, row: LawRow): Violation {
  const count = row[`broken_${index}`]
  const ids = row[`ids_${index}`]
  return {
    law: law.name,
    meaning: law.meaning,
    count: typeof count === 'object' ? 0 : countOf(count),
    requestIds: typeof ids === 'object' && ids !== null ? ids.toSorted(byText) : [],
  }
}

const byText = (a: string, b: string) => (a < b ? -1 : 1)
