import * as c from './column.ts'
import * as n from './names.ts'

/** Columns of `runs`: one row per state of a run; the highest `version` of a run counts. */
export const runColumns = {
  run_id: c.text('Identity of the run, sortable by start time.'),
  version: c.uint32('Grows with each state; the newest row wins.'),
  scenario: c.label('Name of the scenario.'),
  scenario_hash: c.text('SHA-256 of the resolved scenario.'),
  plan_hash: c.text('SHA-256 of the plan: equal for equal file and seed.'),
  seed: c.text('Seed of the plan.'),
  status: c.oneOf(n.runStatuses, 'State of the run.'),
  valid: c.optionalFlag('Whether the run judged itself valid; null while it runs.'),
  invalid_reasons: c.jsonText('Why it is not valid, as a JSON array.'),
  started_at: c.time('Start.', 'UTC, µs'),
  ended_at: c.optionalTime('End.', 'UTC, µs'),
  planned: c.uint64('Requests planned.'),
  sent: c.uint64('Requests sent.'),
  records_dropped: c.uint64('Records lost; anything but 0 is a defect.'),
  spans_dropped: c.uint64('Spans not exported.'),
  loop_delay_p99_us: c.uint64('Event-loop delay of the replayer, p99.', 'µs'),
  cpu_ratio: c.float('CPU time of the replayer over wall time.', 'ratio'),
  harness_version: c.label('Version of routebench.'),
  node_version: c.label('Version of Node.'),
  host: c.label('Cores, memory and platform of the host.'),
  labels: c.tags('Free labels of the scenario.'),
  schema_version: c.uint16('Version of this table.'),
}

/** One row of `runs`. */
export type RunRecord = c.RowOf<typeof runColumns>
