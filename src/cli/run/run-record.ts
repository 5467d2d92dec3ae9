import { createHash } from 'node:crypto'
import { cpus, totalmem } from 'node:os'
import { type RunRecord, schemaVersion } from '../../record/index.ts'
import type { Played } from '../../replay/index.ts'
import type { Plan, Scenario } from '../../scenario/index.ts'
import type { RoleLosses } from '../roles/role-process.ts'
import { readVersion } from '../version.ts'

/** What identifies a run from its start. */
export interface RunIdentity {
  readonly runId: string
  readonly scenario: Scenario
  /** The resolved scenario as written to the run's folder. */
  readonly resolvedScenario: string
  readonly plan: Plan
  readonly startedEpochUs: number
}

/** The first row of a run: it is running. */
export function startedRun({
  runId,
  scenario,
  resolvedScenario,
  plan,
  startedEpochUs,
}: RunIdentity): RunRecord {
  return {
    run_id: runId,
    version: 0,
    scenario: scenario.name,
    scenario_hash: createHash('sha256').update(resolvedScenario).digest('hex'),
    plan_hash: plan.hash,
    seed: plan.seed,
    status: 'running',
    valid: null,
    invalid_reasons: '[]',
    started_at: startedEpochUs,
    ended_at: null,
    planned: plan.requests.length,
    sent: 0,
    records_dropped: 0,
    spans_dropped: 0,
    loop_delay_p99_us: 0,
    cpu_ratio: 0,
    harness_version: readVersion(),
    node_version: process.version,
    host: `${process.platform}-${process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    labels: scenario.labels,
    schema_version: schemaVersion,
  }
}

/** The last row of a run: how it ended and whether it may be believed. */
export function endedRun(started: RunRecord, played: Played, losses: RoleLosses): RunRecord {
  const { conduct, validity } = played
  return {
    ...started,
    version: 1,
    status: conduct.stopped === 'interrupted' ? 'aborted' : 'done',
    valid: validity.verdict === 'valid',
    invalid_reasons: JSON.stringify(validity.reasons),
    started_at: played.startedEpochUs,
    ended_at: played.endedEpochUs,
    sent: played.progress.sent,
    records_dropped: losses.records,
    spans_dropped: losses.spans,
    loop_delay_p99_us: conduct.loopDelayP99Us,
    cpu_ratio: conduct.cpuRatio,
  }
}
