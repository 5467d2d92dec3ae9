import { basename, join, resolve } from 'node:path'
import { access, realpath } from 'node:fs/promises'
import type { Command } from 'commander'
import { Option } from 'commander'
import { exitCodes, UserError } from '../../core/index.ts'
import {
  readSummary,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type RunSummary,
} from '../../report/index.ts'
import { openConfiguredStore } from '../open-configured-store.ts'
import { defaultFolders } from '../paths.ts'
import type { CommandContext } from './context.ts'

const formats = ['text', 'markdown', 'json', 'html'] as const

interface ReportFlags {
  readonly format: (typeof formats)[number]
  readonly runs: string
  readonly store: string
}

/** `routebench report`: a run's report again, from the store. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('the report of a run: text, Markdown, JSON or HTML on standard output')
    .argument('[run]', 'run id, folder of a run, or `latest`', 'latest')
    .addOption(new Option('--format <format>', 'form of the report').choices(formats).default('text'))
    .option('--runs <folder>', 'where runs are kept', defaultFolders.runs)
    .option(
      '--store <folder>',
      'folder of the embedded store (unused with CLICKHOUSE_URL)',
      defaultFolders.store,
    )
    .action(async (run: string, flags: ReportFlags) => {
      const { stdout, env } = context
      const runId = await runIdOf(run, flags.runs)
      const { store, close } = await openConfiguredStore({ env, folder: flags.store })
      try {
        const known = await store.query('SELECT 1 FROM runs WHERE run_id = {run_id:String} LIMIT 1', {
          run_id: runId,
        })
        if (known.length === 0) throw await unknownRun(runId, flags.runs, run)
        stdout.write(`${render(await readSummary(store, runId), flags.format, stdout)}\n`)
        context.setExitCode(exitCodes.ok)
      } finally {
        await close()
      }
    })
}

/** A run may be named by its id, by its folder, or as the newest one. */
async function runIdOf(run: string, runsFolder: string): Promise<string> {
  const folder = run === 'latest' ? resolve(runsFolder, run) : run
  try {
    return basename(await realpath(folder))
  } catch {
    // No such folder here: the name may be the id of a run that another machine played.
    if (run === 'latest') throw await unknownRun(run, runsFolder)
    return run
  }
}

async function unknownRun(run: string, runsFolder: string, named = run): Promise<UserError> {
  // Whoever named the folder itself may keep runs elsewhere.
  const folder = (await exists(named)) ? named : join(runsFolder, run)
  const isOnDisk = await exists(folder)
  return new UserError(`the store knows no run ${run}`, {
    code: 'E_RUN_UNKNOWN',
    hint: isOnDisk
      ? `A run that was cut off has its records on disk still: \`routebench store load ${folder}\` brings them in.`
      : `The runs of this machine are the folders in ${join(runsFolder, '/')}; --runs and --store name other places.`,
  })
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function render(summary: RunSummary, format: ReportFlags['format'], stdout: NodeJS.WriteStream): string {
  switch (format) {
    case 'text':
      return renderText(summary, { width: stdout.columns ?? 100, color: stdout.isTTY ?? false })
    case 'markdown':
      return renderMarkdown(summary)
    case 'json':
      return renderJson(summary)
    case 'html':
      return renderHtml(summary)
  }
}
