import { Command, CommanderError } from 'commander'
import { exitCodes } from '../core/index.ts'
import { addCatalogCommands } from './commands/catalog.ts'
import type { CommandContext } from './commands/context.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addKeyCommands } from './commands/keys.ts'
import { addProvidersCommand } from './commands/providers.ts'
import { addReportCommand } from './commands/report.ts'
import { addRouterCommand } from './commands/router.ts'
import { addRunCommand } from './commands/run.ts'
import { addStoreCommands } from './commands/store.ts'
import { addTraceCommands } from './commands/trace.ts'
import { addWatchCommand } from './commands/watch.ts'
import { printError } from './print-error.ts'
import { readVersion } from './version.ts'

// The composition root: makes the process's context, runs one command, turns what happened into an exit code.
const context = createContext()
const program = new Command('routebench')
  .description('Observability and benchmarking harness for routed LLM traffic')
  .version(readVersion())
  .exitOverride()
for (const add of [
  addRunCommand,
  addRouterCommand,
  addWatchCommand,
  addExplainCommand,
  addKeyCommands,
  addProvidersCommand,
  addReportCommand,
  addCatalogCommands,
  addTraceCommands,
  addStoreCommands,
]) {
  add(program, context)
}

try {
  await program.parseAsync()
} catch (thrown) {
  process.exitCode =
    thrown instanceof CommanderError ? usageExitCode(thrown) : printError(thrown, process.stderr)
}

/** Commander has printed its message already; asking for help or the version is no mistake. */
function usageExitCode({ exitCode }: CommanderError): number {
  return exitCode === 0 ? exitCodes.ok : exitCodes.usage
}

/** The first Ctrl-C or SIGTERM asks to end in order; a second one ends at once. */
function createContext(): CommandContext {
  const controller = new AbortController()
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    controller.abort(new Error('interrupted'))
    process.stderr.write('\ninterrupted: ending in order, a second Ctrl-C ends at once\n')
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    interrupted: controller.signal,
    onHangup: listener => void process.on('SIGHUP', listener),
    setExitCode: code => {
      process.exitCode = code
    },
  }
}
