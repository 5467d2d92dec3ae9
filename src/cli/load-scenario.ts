import { dirname, resolve } from 'node:path'
import { formatProblem, UserError } from '../core/index.ts'
import { parseScenario, requiredFiles, type Scenario, type Workload } from '../scenario/index.ts'
import { readTextFile } from './read-file.ts'

/** A scenario and the texts of the files it names, by the path as it names them. */
export interface LoadedScenario {
  readonly scenario: Scenario
  readonly files: ReadonlyMap<string, string>
}

/** What the command line says about a scenario's files. */
export interface LoadOptions {
  /**
   * `name=path`: the file that the scenario calls `name` is read from `path`. A `path` alone, without `=`, stands
   * for the one file of a scenario that names exactly one.
   */
  readonly file: readonly string[]
  /** Seed over the scenario's own. */
  readonly seed?: string
  /** At most this many requests per arm (sessions of a trace), without warm-up and cool-down. */
  readonly limit?: number
  /** Keep the log of the simulated providers, whatever the scenario says. */
  readonly providerLog?: true
}

/** Reads a scenario and every file it needs. @throws UserError E_SCENARIO_INVALID, E_FILE_UNREADABLE, E_USAGE */
export async function loadScenario(path: string, options: LoadOptions): Promise<LoadedScenario> {
  const parsed = parseScenario({ file: path, text: await readTextFile(path, 'scenario') })
  if (!parsed.ok) {
    throw new UserError(`${path} has ${parsed.problems.length} problem(s)`, {
      code: 'E_SCENARIO_INVALID',
      hint: 'Mend the lines named above; the format is described in docs/scenario.md.',
      problems: parsed.problems.map(formatProblem),
    })
  }
  const scenario = withOptions(parsed.scenario, options)
  const names = requiredFiles(scenario)
  const replaced = new Map(options.file.map(text => readReplacement(text, names)))
  const files = new Map<string, string>()
  for (const name of names) {
    const place = replaced.get(name) ?? resolve(dirname(path), name)
    files.set(name, await readTextFile(place, `file ${name} that the scenario names`))
  }
  return { scenario: options.limit === undefined ? scenario : limited(scenario, options.limit, files), files }
}

function withOptions(scenario: Scenario, { seed, providerLog }: LoadOptions): Scenario {
  const { simulation } = scenario
  return {
    ...scenario,
    seed: seed ?? scenario.seed,
    simulation: { ...simulation, log: providerLog ?? simulation.log },
  }
}

/** The scenario at reduced length: a trial, so all of it is measured. The label tells reports. */
function limited(scenario: Scenario, limit: number, files: LoadedScenario['files']): Scenario {
  const unit = scenario.workload.kind === 'sessions' ? 'sessions' : 'requests'
  const phases = { warmupSeconds: 0, cooldownSeconds: 0, warmupItems: 0, cooldownItems: 0 }
  const labels = { ...scenario.labels, trial: `at most ${limit} ${unit} per arm` }
  return { ...scenario, labels, phases, workload: shortened(scenario.workload, limit, files) }
}

function shortened(workload: Workload, limit: number, files: LoadedScenario['files']): Workload {
  if (workload.kind === 'sessions') return { ...workload, sessions: Math.min(workload.sessions, limit) }
  if (workload.kind === 'builtin') return { ...workload, requests: Math.min(workload.requests, limit) }
  const lines = (files.get(workload.file) ?? '').split('\n').filter(line => line.trim() !== '').length
  return { ...workload, requests: Math.min(workload.requests ?? lines, limit) }
}

function readReplacement(text: string, names: readonly string[]): readonly [name: string, path: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  const [name] = names
  if (at < 0 && name !== undefined && names.length === 1) return [name, text]
  throw new UserError(`--file ${text} does not say which file of the scenario it replaces`, {
    code: 'E_USAGE',
    hint:
      names.length === 0
        ? 'The scenario names no file; leave --file out.'
        : `Write --file <name>=<path>; the scenario names ${names.join(', ')}.`,
  })
}
