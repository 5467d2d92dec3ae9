import { createRunId, type Rng, UserError } from '../../core/index.ts'
import type { Played } from '../../replay/index.ts'
import type { RunSummary } from '../../report/index.ts'
import { type Plan, resolvedScenarioYaml, type Scenario } from '../../scenario/index.ts'
import { recoverJournal, uploadJournal } from '../../store/index.ts'
import { type ConfiguredStore, openConfiguredStore } from '../open-configured-store.ts'
import { orFileError } from '../file-error.ts'
import { writeTextFile } from '../write-file.ts'
import { type PlayEnvironment, playAndRecord } from './play-and-record.ts'
import { requireReachable } from './reachable.ts'
import { createRunFolder, type RunFolder } from './run-folder.ts'
import { writeReport } from './write-report.ts'

/** Everything a run needs from outside. */
export interface RunOptions extends PlayEnvironment {
  readonly scenario: Scenario
  readonly plan: Plan
  readonly runsFolder: string
  readonly storeFolder: string
  /** Only for the run's id; the plan's randomness comes from the scenario's seed. */
  readonly rng: Rng
  /** One line about what is being done. */
  readonly say: (line: string) => void
}

/** A run that is over, with its report written. */
export interface FinishedRun {
  readonly folder: RunFolder
  readonly played: Played
  readonly summary: RunSummary
}

/**
 * Plays one scenario from start to report: opens the store, plays, uploads the journal and writes the
 * report, which checks that the records add up. What was started is stopped on every path, and the journal stays whatever happens.
 */
export async function runScenario(options: RunOptions): Promise<FinishedRun> {
  const { scenario, plan, clock, say } = options
  await requireReachable(scenario)
  const startedEpochUs = clock.epochUs()
  const runId = createRunId(startedEpochUs, options.rng)
  const resolvedScenario = resolvedScenarioYaml(scenario)
  // The store before anything else: an unreachable one should cost no request.
  const opened = await openConfiguredStore({ env: options.env, folder: options.storeFolder })
  try {
    const folder = await createRunFolder(options.runsFolder, runId)
    await writeTextFile(folder.file('scenario.resolved.yaml'), resolvedScenario)
    say(
      `run ${runId} · scenario ${scenario.name} · ${plan.requests.length} requests planned · seed ${plan.seed}`,
    )
    const identity = { runId, scenario, resolvedScenario, plan, startedEpochUs }
    const { played, losses } = await playAndRecord(options, identity, folder)
    // The run's row tells it too, unless the disk refused that row as well.
    if (losses.records > 0) say(`${losses.records} records are lost: ${folder.journal} could not be written`)
    say('uploading records and writing the report …')
    await upload(opened, folder)
    const summary = await writeReport(opened.store, runId, folder)
    return { folder, played, summary }
  } finally {
    await opened.close()
  }
}

async function upload({ store }: ConfiguredStore, folder: RunFolder): Promise<void> {
  try {
    // A router that was killed left its segments open.
    await orFileError(`read the journal ${folder.journal}`, async () => {
      await recoverJournal(folder.journal)
      await uploadJournal({ dir: folder.journal, store })
    })
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    throw new UserError(cause.message, {
      code: cause.code,
      hint: `Every record is safe in ${folder.journal}. When the store is back: \`routebench store load ${folder.path}\`.`,
      problems: cause.problems,
      cause,
    })
  }
}
