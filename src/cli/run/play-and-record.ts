import type { Catalog } from '../../catalog/index.ts'
import { type Clock, parseUsd } from '../../core/index.ts'
import { play, type Played, type Playing } from '../../replay/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { createHttpPool } from '../../wire/index.ts'
import { openRecords, type Records } from '../open-records.ts'
import type { RoleLosses, RoleName } from '../roles/role-process.ts'
import { resetSimulation } from './reset-simulation.ts'
import type { RunFolder } from './run-folder.ts'
import { endedRun, type RunIdentity, startedRun } from './run-record.ts'
import { openMarket } from './targets.ts'

/** What playing needs from outside. */
export interface PlayEnvironment {
  readonly catalog: Catalog
  readonly catalogFiles: readonly string[]
  readonly calibrationFiles: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called when requests begin to be sent; the function it returns is called when they have ended. */
  readonly watch: (playing: Playing) => () => void
}

/** A run that was played, and the rows and spans that its parts could not keep. */
export interface Recorded {
  readonly played: Played
  readonly losses: RoleLosses
}

/**
 * Starts what the arms need, plays the plan and stops everything. When it resolves, every record of client and router
 * is in sealed segments of the run's journal.
 */
export async function playAndRecord(
  environment: PlayEnvironment,
  identity: RunIdentity,
  folder: RunFolder,
): Promise<Recorded> {
  const { env, clock } = environment
  const records = await openRecords({ folder: folder.journal, writer: 'client', clock, env })
  try {
    const { played, losses } = await playOnMarket(environment, identity, { folder, records })
    // What the disk refuses until the end is counted when the journal is closed.
    await records.close()
    return { played, losses: addLosses(records.losses(), losses) }
  } finally {
    await records.close()
  }
}

interface Places {
  readonly folder: RunFolder
  readonly records: Records
}

/** Resolves with the losses of the routers alone. */
async function playOnMarket(
  environment: PlayEnvironment,
  identity: RunIdentity,
  { folder, records }: Places,
): Promise<Recorded> {
  const { env, clock, signal, catalog, catalogFiles, calibrationFiles } = environment
  const { scenario, plan, runId } = identity
  const started = startedRun(identity)
  records.journal.run(started)
  const market = await openMarket({
    scenario,
    catalog,
    catalogFiles,
    calibrationFiles,
    journalFolder: folder.journal,
    runId,
    providerLogFile: folder.file('providers.ndjson'),
    env,
  })
  const pool = createHttpPool()
  try {
    if (market.providersUrl !== null) await resetSimulation(market.providersUrl, scenario)
    const playing = play({
      plan,
      runId,
      scenario: scenario.name,
      targets: market.targets,
      providerIdOf: providerNames(catalog),
      deadlines: deadlinesOf(scenario),
      pool,
      clock,
      sink: records.sink,
      signal,
      maxSpend: scenario.budget.maxUsd === null ? null : parseUsd(scenario.budget.maxUsd),
      maxSeconds: scenario.budget.maxSeconds,
    })
    const stopWatching = environment.watch(playing)
    const played = withLostParts(await playing.played.finally(stopWatching), market.lost())
    const losses = await market.stop()
    await records.sink.flush()
    records.journal.run(endedRun(started, played, addLosses(records.losses(), losses)))
    return { played, losses }
  } finally {
    await market.stop()
    await pool.close()
  }
}

/** Answers name providers as people write them (`Fireworks`); records name them by id. An unknown name stays. */
function providerNames({ providers }: Catalog): (name: string) => string {
  const ids = new Map([...providers.values()].map(({ id, name }) => [name.toLowerCase(), id]))
  return name => ids.get(name.toLowerCase()) ?? name
}

/** A part that died in the middle makes what came after a measurement of nothing. */
function withLostParts(played: Played, lost: readonly RoleName[]): Played {
  if (lost.length === 0) return played
  const reasons = [
    ...played.validity.reasons,
    ...lost.map(name => `the ${name} process ended during the run`),
  ]
  return { ...played, validity: { verdict: 'invalid', reasons } }
}

function addLosses(a: RoleLosses, b: RoleLosses): RoleLosses {
  return { records: a.records + b.records, spans: a.spans + b.spans }
}

/** The client waits for as long as the scenario allows in total; shorter deadlines are the router's business. */
function deadlinesOf({ request }: Scenario) {
  return { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: request.timeoutMs }
}
