import type { Command } from 'commander'
import { createRng, createSystemClock, exitCodes, UserError } from '../../core/index.ts'
import { loadScenario } from '../load-scenario.ts'
import { probeJson, probeLine, skippedJson, skippedLine } from '../watch/probe-lines.ts'
import { probePrompts } from '../watch/probe-prompts.ts'
import type { RouterAddress } from '../watch/router-states.ts'
import { runWatch, type WatchTally } from '../watch/run-watch.ts'
import type { CommandContext } from './context.ts'
import { collect, parseDurationMs } from './options.ts'

interface WatchFlags {
  readonly endpoint: readonly string[]
  readonly every: number
  readonly for?: number
  readonly once?: true
  readonly router: string
  readonly keyEnv: string
  readonly deadline: number
  readonly file: readonly string[]
  readonly json?: true
}

/** `routebench watch`: active probes, so that an idle endpoint has a known state. */
export function addWatchCommand(program: Command, context: CommandContext): void {
  program
    .command('watch')
    .description(
      'probe chosen endpoints through a running router with the prompts of a scenario, on a schedule',
    )
    .argument('<scenario>', 'scenario file; its prompts are sent in turn, one a tick')
    .requiredOption(
      '--endpoint <glob>',
      'endpoints by id, * stands for anything; may be given several times',
      collectFirst,
    )
    .option(
      '--every <time>',
      'between two probes of an endpoint: 500ms, 30s, 5m, 1h',
      parseDurationMs,
      30_000,
    )
    .option('--for <time>', 'end after so long (default: at Ctrl-C)', parseDurationMs)
    .option('--once', 'probe each endpoint once; exit 1 when one did not answer')
    .option('--deadline <time>', 'when the router gives an endpoint up', parseDurationMs, 30_000)
    .option('--router <url>', 'the router', 'http://127.0.0.1:8787')
    .option('--key-env <name>', 'variable with a management key, for a router with keys', 'ROUTEBENCH_KEY')
    .option('--file <[name=]path>', 'read a file that the scenario names from another place', collect, [])
    .option('--json', 'a line of JSON for each probe')
    .action(async (path: string, flags: WatchFlags) => {
      context.setExitCode(await watch(path, flags, context))
    })
}

async function watch(path: string, flags: WatchFlags, context: CommandContext): Promise<number> {
  const address = addressOf(flags, context.env)
  const loaded = await loadScenario(path, { file: flags.file })
  const prompts = probePrompts(loaded)
  const { stdout, stderr } = context
  const clock = createSystemClock()
  const print = (line: string) => void stdout.write(`${line}\n`)
  let nameWidth = 0
  const tally = await runWatch({
    clock,
    rng: createRng(`${clock.epochUs()} ${process.pid}`),
    signal: context.interrupted,
    address,
    scenario: loaded.scenario.name,
    prompts,
    endpoints: flags.endpoint,
    everyMs: flags.every,
    forMs: flags.for ?? null,
    once: flags.once ?? false,
    deadlineMs: flags.deadline,
    onStart: endpoints => {
      nameWidth = Math.max(...endpoints.map(({ endpointId }) => endpointId.length))
      const how = flags.once ? 'once' : `every ${flags.every / 1000} s · Ctrl-C stops`
      stderr.write(`watching ${endpoints.length} endpoint(s) at ${address.apiUrl}, ${how}\n`)
    },
    onProbe: told => print(flags.json ? probeJson(told) : probeLine(told, nameWidth)),
    onSkipped: (endpointId, tick) => {
      const epochUs = clock.epochUs()
      print(flags.json ? skippedJson(endpointId, epochUs, tick) : skippedLine(endpointId, epochUs, nameWidth))
    },
  })
  stderr.write(`${tally.probes} probes, ${tally.failed} failed, ${tally.skipped} ticks skipped\n`)
  return exitCodeOf(tally, flags, context)
}

/** Ctrl-C is how a watch ends; only one that was to look once has not done what it was asked. */
function exitCodeOf({ failed }: WatchTally, { once }: WatchFlags, { interrupted }: CommandContext): number {
  if (!once) return exitCodes.ok
  if (interrupted.aborted) return exitCodes.interrupted
  return failed > 0 ? exitCodes.gateFailed : exitCodes.ok
}

function collectFirst(value: string, earlier: readonly string[] = []): readonly string[] {
  return collect(value, earlier)
}

/** @throws UserError E_USAGE */
function addressOf({ router, keyEnv }: WatchFlags, env: NodeJS.ProcessEnv): RouterAddress {
  const url = URL.parse(router)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError(`--router ${router} is no http or https URL`, {
      code: 'E_USAGE',
      hint: 'Write it as the router command prints it, such as http://127.0.0.1:8787.',
    })
  }
  const apiKey = env[keyEnv] || null
  return { apiUrl: `${url.origin}/api/v1`, apiKey, keyVariable: keyEnv }
}
