import { dirname, resolve } from 'node:path'
import type { Catalog } from '../../catalog/index.ts'
import { createRng } from '../../core/index.ts'
import { buildPlan, type Plan, type Scenario } from '../../scenario/index.ts'
import { readCalibration } from '../../sim/index.ts'
import { loadCatalog, requireModels } from '../load-catalog.ts'
import { type LoadOptions, loadScenario } from '../load-scenario.ts'
import { requireKnownProviders } from './known-providers.ts'
import { requireKeys } from './required-keys.ts'

/** A scenario that is fit to be played: its files read, its plan made, its models, providers and keys found. */
export interface PreparedRun {
  readonly scenario: Scenario
  readonly plan: Plan
  readonly catalog: Catalog
  /** Files that the catalogue was read from beside the built-in one: the scenario's, then the command line's. */
  readonly catalogFiles: readonly string[]
  /** Calibration files of the simulated providers, likewise. */
  readonly calibrationFiles: readonly string[]
}

/** What preparing needs from the command line and the environment. */
export interface PrepareOptions extends LoadOptions {
  readonly catalogFiles: readonly string[]
  readonly calibrationFiles: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/**
 * Reads a scenario and checks everything that can be checked before anything is started or sent.
 * @throws UserError E_FILE_UNREADABLE, E_SCENARIO_INVALID, E_TRACE_INVALID, E_CATALOG_INVALID, E_MODEL_UNKNOWN, E_KEY_MISSING
 */
export async function prepareRun(path: string, options: PrepareOptions): Promise<PreparedRun> {
  const { scenario, files } = await loadScenario(path, options)
  const { simulation } = scenario
  const beside = (names: readonly string[]) => names.map(name => resolve(dirname(path), name))
  const catalogFiles = [...beside(simulation.catalogFiles), ...options.catalogFiles]
  const calibrationFiles = [...beside(simulation.calibrationFiles), ...options.calibrationFiles]
  const catalog = await loadCatalog(catalogFiles)
  // Only read to find its mistakes before anything is started.
  readCalibration(calibrationFiles)
  // What another API offers is its own business.
  const routed = scenario.arms.filter(({ target }) => target.kind !== 'url')
  requireModels(
    catalog,
    routed.map(({ model }) => model),
  )
  requireKnownProviders(catalog, scenario, path)
  requireKeys(catalog, scenario, options.env)
  const plan = buildPlan({ scenario, files, rng: createRng(scenario.seed) })
  return { scenario, plan, catalog, catalogFiles, calibrationFiles }
}
