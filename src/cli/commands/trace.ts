import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { exitCodes, formatProblem, messageOf, type Problem, UserError } from '../../core/index.ts'
import {
  createTraceImporter,
  parseSessions,
  type SessionStats,
  type Spread,
  sessionStats,
} from '../../scenario/index.ts'
import { plainTable } from '../plain-table.ts'
import { readTextFile } from '../read-file.ts'
import { writeTextFile } from '../write-file.ts'
import type { CommandContext } from './context.ts'

/** `routebench trace …`: recordings made elsewhere as session files, and what is in one. */
export function addTraceCommands(program: Command, context: CommandContext): void {
  const trace = program.command('trace').description('recorded coding sessions')
  trace
    .command('import')
    .description('make a session file of kv-cache-tester traces, as `workload.kind: sessions` plays it')
    .argument('<path...>', 'trace files, or folders of them (*.json)')
    .requiredOption('--out <file>', 'session file to write (JSON Lines); its folder is made')
    .action((paths: readonly string[], flags: ImportFlags) => importTraces(paths, flags, context))
  trace
    .command('stats')
    .description('what is in a session file: sizes, cached share, think times')
    .argument('<file>', 'session file')
    .action(async (file: string) => {
      const parsed = parseSessions({ file, text: await readTextFile(file, 'session file') })
      if (!parsed.ok) throw invalidTrace(parsed.problems)
      context.stdout.write(`${statsText(sessionStats(parsed.sessions))}\n`)
      context.setExitCode(exitCodes.ok)
    })
}

interface ImportFlags {
  readonly out: string
}

async function importTraces(
  paths: readonly string[],
  { out }: ImportFlags,
  { stdout, interrupted, setExitCode }: CommandContext,
): Promise<void> {
  const files = new Set((await Promise.all(paths.map(traceFilesOf))).flat())
  const importer = createTraceImporter()
  for (const file of files) {
    if (interrupted.aborted) {
      throw new UserError('interrupted, nothing was written', {
        code: 'E_INTERRUPTED',
        hint: 'Run the same command again; it starts anew.',
      })
    }
    importer.add({ file, text: await readTextFile(file, 'trace file') })
  }
  const imported = importer.finish()
  if (!imported.ok) throw invalidTrace(imported.problems)
  await writeTextFile(out, imported.text)
  const { sessions, requests, collapsed } = imported
  stdout.write(`${out}: ${sessions} sessions, ${requests} requests from ${files.size} files\n`)
  if (collapsed > 0) stdout.write(`  ${collapsed} sessions left out: a longer one begins alike\n`)
  setExitCode(exitCodes.ok)
}

/** The path itself when it is no folder, else the `.json` files in it, by name. */
async function traceFilesOf(path: string): Promise<readonly string[]> {
  const names = await namesIn(path)
  if (names === null) return [path]
  const files = names.filter(name => name.endsWith('.json')).toSorted()
  if (files.length > 0) return files.map(name => join(path, name))
  throw new UserError(`there is no trace file (*.json) in ${path}`, {
    code: 'E_FILE_UNREADABLE',
    hint: 'Name the folder that holds the traces themselves, such as kv-cache-tester/traces.',
  })
}

async function namesIn(path: string): Promise<readonly string[] | null> {
  try {
    return (await stat(path)).isDirectory() ? await readdir(path) : null
  } catch (cause) {
    throw new UserError(`cannot read the traces ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Name trace files or a folder of them, such as kv-cache-tester/traces.',
      cause,
    })
  }
}

function invalidTrace(problems: readonly Problem[]): UserError {
  const files = new Set(problems.map(({ file }) => file))
  return new UserError(`${files.size} trace file(s) cannot be used; nothing was written`, {
    code: 'E_TRACE_INVALID',
    hint: 'Mend or remove the files named above; docs/scenario.md describes what is read.',
    problems: problems.map(formatProblem),
  })
}

function statsText(stats: SessionStats): string {
  const { sessions, requests, subagentRequests, cachedRatio } = stats
  const table = plainTable(['', 'p50', 'p90', 'p99'])
  const row = (name: string, { p50, p90, p99 }: Spread) =>
    table.push([
      name,
      ...[p50, p90, p99].map(value => ({ content: numberText(value), hAlign: 'right' as const })),
    ])
  row('input tokens', stats.inputTokens)
  row('output tokens', stats.outputTokens)
  row('think time, s', stats.thinkSeconds)
  const cached = cachedRatio === null ? '–' : `${numberText(cachedRatio * 100)} %`
  return `${numberText(sessions)} sessions, ${numberText(requests)} requests (${numberText(subagentRequests)} of sub-agents)
cached share of input tokens: ${cached}
${table.toString()}`
}

function numberText(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
