import { checkConservation } from './check-conservation.ts'
import { readEndpointStates } from './read-endpoint-states.ts'
import { readEndpoints, readServed } from './read-endpoints.ts'
import { readErrors, readFailedChecks, readFallbacks, readSticky } from './read-failures.ts'
import { readRun } from './read-run.ts'
import { readDistribution, readTimeline } from './read-series.ts'
import { readSlowest } from './read-slowest.ts'
import { readTraffic } from './read-traffic.ts'
import type { RecordReader } from './record-reader.ts'
import type { Conservation, RunSummary } from './run-summary.ts'

/**
 * Reads everything a report says about one run.
 *
 * A dozen set-based queries with exact quantiles; about a second for 100,000 requests. Records that do not add up
 * make the run invalid, whatever it said of itself. With a target that is not our router only client records
 * exist: what needs the router's view is null or empty, for a whole run as soon as one of its targets is such.
 *
 * @throws UserError E_RUN_UNKNOWN when the store knows nothing of the run.
 */
export async function readSummary(reader: RecordReader, runId: string): Promise<RunSummary> {
  const head = await readRun(reader, runId)
  const params = { run_id: runId, vantage: head.vantage }
  // One after the other: each query already uses every core of the store.
  const traffic = await readTraffic(reader, params)
  const conservation = await checkConservation(reader, runId)
  return {
    schemaVersion: 1,
    ...head,
    validity: withConservation(head.validity, conservation),
    conservation,
    ...traffic.total,
    arms: traffic.arms,
    endpoints: await readEndpoints(reader, params),
    served: await readServed(reader, params),
    errors: await readErrors(reader, params),
    failedChecks: await readFailedChecks(reader, params),
    fallbacks: await readFallbacks(reader, params),
    sticky: await readSticky(reader, params),
    slowest: await readSlowest(reader, params),
    timeline: await readTimeline(reader, params),
    endpointStates: await readEndpointStates(reader, params),
    ttftDistribution: await readDistribution(reader, params),
  }
}

function withConservation(own: RunSummary['validity'], conservation: Conservation): RunSummary['validity'] {
  if (conservation.verdict !== 'broken') return own
  const reasons = conservation.violations.map(
    ({ law, meaning, count }) => `records do not add up (${law}): ${meaning}; ${count} times not`,
  )
  return { verdict: 'invalid', reasons: [...own.reasons, ...reasons] }
}
