import { UserError } from '../../core/index.ts'
import { countOf, msOf, type Numeric, numberOf, roundOf, usdOf } from './column-values.ts'
import type { RecordReader } from './record-reader.ts'
import { trafficSql } from './record-sql.ts'
import type { RunFacts, RunSummary } from './run-summary.ts'

interface RunRow {
  readonly scenario: string
  readonly scenario_hash: string
  readonly plan_hash: string
  readonly seed: string
  readonly status: string
  readonly verdict: 'valid' | 'invalid' | 'unknown'
  readonly invalid_reasons: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly planned: Numeric
  readonly sent: Numeric
  readonly records_dropped: Numeric
  readonly spans_dropped: Numeric
  readonly loop_delay_p99_us: Numeric
  readonly cpu_ratio: Numeric
  readonly harness_version: string
  readonly node_version: string
  readonly host: string
  readonly labels: Readonly<Record<string, string>>
}

interface CountRow {
  readonly vantage: 'client' | 'router'
  readonly scenario: string
  readonly requests: Numeric
  readonly ok: Numeric
  readonly error: Numeric
  readonly canceled: Numeric
  readonly truncated: Numeric
  readonly cached: Numeric
}

interface CostRow {
  readonly cost: string | null
  readonly unknown: Numeric
}

/** The parts of a summary that come from the run's own row and from counting all its requests. */
export type RunHead = Pick<
  RunSummary,
  | 'runId'
  | 'scenario'
  | 'seed'
  | 'status'
  | 'vantage'
  | 'validity'
  | 'counts'
  | 'totalCostUsd'
  | 'totalCostUnknown'
  | 'run'
>

const isoSql = (column: string) => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%SZ', 'UTC')`

const runSql = `SELECT toString(scenario) AS scenario, scenario_hash, plan_hash, seed, toString(status) AS status,
  multiIf(valid IS NULL, 'unknown', valid, 'valid', 'invalid') AS verdict, invalid_reasons,
  ${isoSql('started_at')} AS started_at, ${isoSql('ended_at')} AS ended_at, planned, sent, records_dropped,
  spans_dropped, loop_delay_p99_us, cpu_ratio, toString(harness_version) AS harness_version,
  toString(node_version) AS node_version, toString(host) AS host, labels
FROM runs WHERE run_id = {run_id:String} ORDER BY version DESC LIMIT 1`

const countsSql = `SELECT toString(vantage) AS vantage, toString(any(scenario)) AS scenario, count() AS requests,
  countIf(outcome = 'ok') AS ok, countIf(outcome = 'error') AS error,
  countIf(outcome = 'canceled') AS canceled, countIf(outcome = 'truncated') AS truncated,
  countIf(response_cache = 'hit') AS cached
FROM requests WHERE run_id = {run_id:String} AND ${trafficSql} GROUP BY vantage`

/** Every request once: as our router knew it, or else as its answer told the caller. */
const costSql = `SELECT toString(sum(cost_usd)) AS cost, countIf(cost_usd IS NULL) AS unknown
FROM requests WHERE run_id = {run_id:String} AND ${trafficSql} AND (vantage = 'router' OR request_id NOT IN (
  SELECT request_id FROM requests WHERE run_id = {run_id:String} AND vantage = 'router'))`

/**
 * Reads what a run was and how its requests ended, over all phases.
 *
 * @throws UserError E_RUN_UNKNOWN when the store has neither the run nor a request of it.
 */
export async function readRun(reader: RecordReader, runId: string): Promise<RunHead> {
  const params = { run_id: runId }
  const [found] = await reader.query<RunRow>(runSql, params)
  const counts = await reader.query<CountRow>(countsSql, params)
  if (!found && counts.length === 0) throw unknownRun(runId)
  const [cost] = await reader.query<CostRow>(costSql, params)
  const run = found ?? noRun
  const client = counts.find(row => row.vantage === 'client')
  const router = counts.find(row => row.vantage === 'router')
  const seen = client ?? router
  return {
    runId,
    scenario: run.scenario || (seen?.scenario ?? ''),
    seed: run.seed,
    status: run.status,
    vantage: client || !router ? 'client' : 'router',
    validity: { verdict: run.verdict, reasons: reasonsOf(run.invalid_reasons) },
    counts: countsOf(run, seen),
    totalCostUsd: usdOf(cost?.cost),
    totalCostUnknown: countOf(cost?.unknown),
    run: factsOf(run),
  }
}

/** What is known of a run whose own row never arrived. */
const noRun: RunRow = {
  scenario: '',
  scenario_hash: '',
  plan_hash: '',
  seed: '',
  status: 'unknown',
  verdict: 'unknown',
  invalid_reasons: '',
  started_at: null,
  ended_at: null,
  planned: null,
  sent: null,
  records_dropped: null,
  spans_dropped: null,
  loop_delay_p99_us: null,
  cpu_ratio: null,
  harness_version: '',
  node_version: '',
  host: '',
  labels: {},
}

function unknownRun(runId: string): UserError {
  return new UserError(`the store has no run ${runId}`, {
    code: 'E_RUN_UNKNOWN',
    hint: 'List the folder runs/ for the ids of runs on this machine, or name another store.',
  })
}

/** A run that was killed never wrote its final row, so the requests themselves say how many were sent. */
function countsOf(run: RunRow, seen: CountRow | undefined): RunSummary['counts'] {
  const sent = !['running', 'unknown'].includes(run.status) ? run.sent : seen?.requests
  return {
    planned: numberOf(run.planned),
    sent: countOf(sent),
    ok: countOf(seen?.ok),
    error: countOf(seen?.error),
    canceled: countOf(seen?.canceled),
    truncated: countOf(seen?.truncated),
    cached: countOf(seen?.cached),
  }
}

function factsOf(run: RunRow): RunFacts {
  return {
    startedAt: run.started_at,
    endedAt: run.ended_at,
    scenarioHash: run.scenario_hash,
    planHash: run.plan_hash,
    harnessVersion: run.harness_version,
    nodeVersion: run.node_version,
    host: run.host,
    labels: run.labels,
    recordsDropped: numberOf(run.records_dropped),
    spansDropped: numberOf(run.spans_dropped),
    loopDelayP99Ms: msOf(run.loop_delay_p99_us),
    cpuRatio: roundOf(run.cpu_ratio, 4),
  }
}

/** Reasons are stored as a JSON array; anything else is shown as it is rather than lost. */
function reasonsOf(text: string): readonly string[] {
  if (!text) return []
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.map(String) : [text]
  } catch {
    // Not JSON: an older or a foreign writer.
    return [text]
  }
}
