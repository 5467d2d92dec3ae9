import { countOf, type Numeric } from './column-values.ts'
import { type Law, requestLaws } from './conservation-laws.ts'
import type { RecordReader } from './record-reader.ts'
import { routedTargetsSql, trafficSql } from './record-sql.ts'
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
FROM requests WHERE run_id = {run_id:String} AND ${trafficSql}`

/** All five counts in one number; two sides agree when their numbers cancel out. */
const tokensSql = `cityHash64(input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens)`

/**
 * One row per request with what each side said of it, as sums of plain numbers: one pass and no join, so that no
 * side can hide another. What must be equal enters with opposite signs and leaves a balance of 0.
 */
const perRequestSql = `per_request AS (
  SELECT request_id, sum(client) AS clients, sum(router) AS routers, sum(attempt) AS tries, sum(wins) AS winners,
    sum(expected) AS router_expected, sum(succeeded) AS router_ok, sum(declared) AS declared,
    sum(router AND cost_usd IS NULL) AS routers_unpriced, sum(attempt AND cost_usd IS NULL) AS tries_unpriced,
    sum(multiIf(router, cost_usd, attempt, -cost_usd, NULL)) AS cost_balance,
    sum((client OR wins) AND input_tokens IS NOT NULL) AS token_sides,
    groupBitXor(if((client OR wins) AND input_tokens IS NOT NULL, tokens, 0)) AS token_balance
  FROM (
    SELECT request_id, vantage = 'client' AS client, vantage = 'router' AS router, false AS attempt, false AS wins,
      client AND http_status != 0 AND target IN routed_targets AS expected, router AND outcome = 'ok' AND response_cache != 'hit' AS succeeded,
      if(router, attempts, 0) AS declared, cost_usd, input_tokens, ${tokensSql} AS tokens
    FROM requests WHERE run_id = {run_id:String} AND ${trafficSql}
    UNION ALL
    SELECT request_id, false AS client, false AS router, true AS attempt, winner AS wins, false AS expected,
      false AS succeeded, 0 AS declared, cost_usd, input_tokens, ${tokensSql} AS tokens
    FROM attempts WHERE run_id = {run_id:String} AND ${trafficSql})
  GROUP BY request_id)`

/**
 * Checks that the records of a run add up (docs/architecture.md, Invariants), over all phases; probes are in none.
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
  return `WITH ${routedTargetsSql}, ${perRequestSql}\nSELECT ${columns.join(',\n  ')} FROM per_request`
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
