import type { Command } from 'commander'
import { createRng, createSystemClock, exitCodes, UserError } from '../../core/index.ts'
import { renderText } from '../../report/index.ts'
import { defaultFolders } from '../paths.ts'
import { printError } from '../print-error.ts'
import { showProgress } from '../progress-display.ts'
import { type PreparedRun, prepareRun } from '../run/prepare-run.ts'
import { type FinishedRun, runScenario } from '../run/run-scenario.ts'
import type { CommandContext } from './context.ts'
import { collect, parseCount } from './options.ts'

interface RunFlags {
  readonly seed?: string
  readonly catalog: readonly string[]
  readonly calibration: readonly string[]
  readonly file: readonly string[]
  readonly runs: string
  readonly store: string
  readonly dryRun?: true
  readonly limit?: number
  readonly providerLog?: true
}

/** `routebench run`: plays scenario files, one after another. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('play scenario files; records, report, exit code')
    .argument('<scenario...>', 'scenario files (YAML, see docs/scenario.md)')
    .option('--seed <seed>', 'use this seed instead of the scenario’s')
    .option(
      '--file <[name=]path>',
      'read a file that the scenario names from another place; the name may be left out when it names only one',
      collect,
      [],
    )
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collect, [])
    .option('--calibration <file>', 'lay this calibration file over the built-in one', collect, [])
    .option('--runs <folder>', 'where runs are kept', defaultFolders.runs)
    .option(
      '--store <folder>',
      'folder of the embedded store (unused with CLICKHOUSE_URL)',
      defaultFolders.store,
    )
    .option(
      '--limit <n>',
      'a trial at reduced length: at most n requests per arm (sessions of a trace), no warm-up',
      parseCount,
    )
    .option('--provider-log', 'keep what simulated providers saw in the run’s providers.ndjson')
    .option('--dry-run', 'check the files and print the plan, send nothing')
    .action(async (paths: readonly string[], flags: RunFlags) => {
      const files = { catalogFiles: flags.catalog, calibrationFiles: flags.calibration }
      const options = { ...flags, ...files, env: context.env }
      // All files first: what is wrong with the last one should not be learnt after playing the others.
      const prepared = await Promise.all(paths.map(path => prepareRun(path, options)))
      let firstFailure: number = exitCodes.ok
      for (const run of prepared) {
        const exitCode = flags.dryRun ? printPlan(run, context) : await runOne(run, flags, context)
        firstFailure ||= exitCode
        if (exitCode === exitCodes.interrupted) break
      }
      context.setExitCode(firstFailure)
    })
}

/** What would be sent, to whom and for how long. */
function printPlan({ scenario, plan, catalog }: PreparedRun, { stdout }: CommandContext): number {
  const lastDueSeconds = plan.requests.reduce((latest, { dueNs }) => Math.max(latest, (dueNs ?? 0) / 1e9), 0)
  const span = plan.release.kind === 'open' ? `, last due at ${lastDueSeconds.toFixed(1)} s` : ''
  stdout.write(`${scenario.name}: ${plan.requests.length} requests, seed ${plan.seed}${span}\n`)
  for (const { name, model, target } of scenario.arms) {
    const requests = plan.requests.filter(({ arm }) => arm === name)
    const measured = requests.filter(({ phase }) => phase === 'measure').length
    const hosts = catalog.models.get(model)?.endpoints.length ?? 0
    const where =
      target.kind === 'url' ? target.baseUrl : `${target.kind}, ${hosts} endpoints in the catalogue`
    stdout.write(`  ${name}: ${requests.length} requests (${measured} measured) for ${model} at ${where}\n`)
  }
  for (const { kind, provider, fromSeconds, toSeconds } of scenario.simulation.faults) {
    stdout.write(
      `  fault: ${kind} at ${provider}, ${fromSeconds} s to ${toSeconds === null ? 'the end' : `${toSeconds} s`}\n`,
    )
  }
  stdout.write(`  plan ${plan.hash}\n`)
  return exitCodes.ok
}

async function runOne(prepared: PreparedRun, flags: RunFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr, env } = context
  const clock = createSystemClock()
  const finished = await runScenario({
    ...prepared,
    runsFolder: flags.runs,
    storeFolder: flags.store,
    env,
    clock,
    rng: createRng(`${clock.epochUs()} ${process.pid}`),
    signal: context.interrupted,
    say: line => stderr.write(`${line}\n`),
    watch: playing => {
      const nowMs = () => clock.monoNs() / 1e6
      return showProgress({ output: stderr, progress: playing.progress, startedMs: nowMs(), nowMs }).stop
    },
  })
  stdout.write(
    `\n${renderText(finished.summary, { width: stdout.columns ?? 100, color: stdout.isTTY ?? false })}\n`,
  )
  stdout.write(`report: ${finished.folder.file('report.html')}\n`)
  return exitCodeOf(finished, stderr)
}

/** Says why a run stopped early; a run that may not be believed must not pass for a result either. */
function exitCodeOf({ played, summary }: FinishedRun, stderr: NodeJS.WriteStream): number {
  const { stopped, sent, planned } = played.conduct
  if (stopped !== null) return printError(stoppedEarly(stopped, `${sent} of ${planned}`), stderr)
  const isSound = summary.validity.verdict === 'valid' && summary.conservation.verdict !== 'broken'
  return isSound ? exitCodes.ok : exitCodes.invalid
}

function stoppedEarly(stopped: 'interrupted' | 'budget', progress: string): UserError {
  return stopped === 'interrupted'
    ? new UserError(`the run was interrupted after ${progress} requests`, {
        code: 'E_INTERRUPTED',
        hint: 'The report above holds every request that was sent.',
      })
    : new UserError(`the run reached its budget after ${progress} requests`, {
        code: 'E_BUDGET_EXCEEDED',
        hint: 'Raise budget.max_usd or budget.max_seconds in the scenario, or play fewer requests.',
      })
}
