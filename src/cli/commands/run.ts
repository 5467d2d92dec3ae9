import type { Command } from 'commander'
import { createRng, createSystemClock, exitCodes } from '../../core/index.ts'
import { renderText } from '../../report/index.ts'
import { loadScenario } from '../load-scenario.ts'
import { defaultFolders } from '../paths.ts'
import { showProgress } from '../progress-display.ts'
import { type FinishedRun, planScenario, runScenario } from '../run/run-scenario.ts'
import type { CommandContext } from './context.ts'
import { collect, parseCount } from './options.ts'

interface RunFlags {
  readonly seed?: string
  readonly catalog: readonly string[]
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
      for (const path of paths) {
        const exitCode = flags.dryRun
          ? await printPlan(path, flags, context)
          : await runOne(path, flags, context)
        context.setExitCode(exitCode)
        if (exitCode === exitCodes.interrupted) return
      }
    })
}

async function printPlan(path: string, flags: RunFlags, { stdout }: CommandContext): Promise<number> {
  const loaded = await loadScenario(path, flags)
  const plan = await planScenario(loaded, flags.catalog)
  const perArm = Map.groupBy(plan.requests, request => request.arm)
  stdout.write(
    `${loaded.scenario.name}: ${plan.requests.length} requests, seed ${plan.seed}, plan ${plan.hash}\n`,
  )
  for (const [arm, requests] of perArm) stdout.write(`  ${arm}: ${requests.length} requests\n`)
  return exitCodes.ok
}

async function runOne(path: string, flags: RunFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr, env } = context
  const clock = createSystemClock()
  const finished = await runScenario({
    loaded: await loadScenario(path, flags),
    catalogFiles: flags.catalog,
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
  return exitCodeOf(finished)
}

/** An interrupted or starved run says so first; an unsound one must not pass for a result. */
function exitCodeOf({ played, summary }: FinishedRun): number {
  if (played.conduct.stopped === 'interrupted') return exitCodes.interrupted
  if (played.conduct.stopped === 'budget') return exitCodes.temporary
  const isSound = summary.validity.verdict === 'valid' && summary.conservation.verdict !== 'broken'
  return isSound ? exitCodes.ok : exitCodes.invalid
}
