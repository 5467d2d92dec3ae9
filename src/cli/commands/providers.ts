import { type Command, Option } from 'commander'
import { exitCodes } from '../../core/index.ts'
import { readCalibration } from '../../sim/index.ts'
import type { ProvidersConfig } from '../roles/role-config.ts'
import { endedByItself, startRole } from '../roles/role-process.ts'
import { aborted } from './aborted.ts'
import { recordCassette, replayCassette } from './cassette.ts'
import type { CommandContext } from './context.ts'
import { collect, parsePort, parsePositive } from './options.ts'
import { addReconcileCommand } from './reconcile.ts'

interface ProvidersFlags {
  readonly port: number
  readonly seed: string
  readonly speed: number
  readonly catalog: readonly string[]
  readonly calibration: readonly string[]
  readonly log?: string
  readonly record?: string
  readonly out: string
  readonly recordContents?: true
  readonly replay?: string
}

/** `routebench providers`: the simulated providers alone, until stopped. */
export function addProvidersCommand(program: Command, context: CommandContext): void {
  const providers = program
    .command('providers')
    .description('simulated providers alone, every endpoint of the catalogue on loopback')
    .option('--port <port>', 'port; 0 takes a free one', parsePort, 8788)
    .option('--seed <seed>', 'seed of every draw', 'live')
    .option('--speed <factor>', 'latencies are divided by this', parsePositive, 1)
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collect, [])
    .option('--calibration <file>', 'lay this calibration file over the built-in one', collect, [])
    .option('--log <file>', 'keep what each provider received, wrote and would bill, a JSON line a request')
    .addOption(
      new Option(
        '--record <url>',
        'instead: stand in front of the API at this base URL and keep its answers',
      ).conflicts(['replay', 'log', 'seed', 'speed', 'catalog', 'calibration']),
    )
    .option('--out <file>', 'cassette that --record writes', 'cassette.ndjson')
    .option('--record-contents', 'keep texts too; without it, filler of the same length stands for them')
    .addOption(
      new Option('--replay <cassette>', 'instead: serve recorded answers with their timing').conflicts([
        'log',
        'seed',
        'catalog',
        'calibration',
      ]),
    )
    .action((flags: ProvidersFlags) => serve(flags, context))
  addReconcileCommand(providers, context)
}

function serve(flags: ProvidersFlags, context: CommandContext): Promise<void> {
  const { record, replay } = flags
  if (record !== undefined) return recordCassette({ ...flags, record }, context)
  if (replay !== undefined) return replayCassette({ ...flags, replay }, context)
  return simulate(flags, context)
}

async function simulate(flags: ProvidersFlags, { stderr, interrupted, setExitCode }: CommandContext) {
  const { seed, port, speed } = flags
  // Here, because an error crosses the process boundary without its list of problems.
  readCalibration(flags.calibration)
  const config: ProvidersConfig = {
    catalogFiles: flags.catalog,
    calibrationFiles: flags.calibration,
    seed,
    port,
    speed,
    logFile: flags.log ?? null,
  }
  const providers = await startRole('providers', config)
  stderr.write(`providers: ${providers.url}/{provider}/v1 · any key · Ctrl-C stops\n`)
  await Promise.race([aborted(interrupted), providers.exited])
  await providers.stop()
  if (!interrupted.aborted) throw endedByItself('providers')
  setExitCode(exitCodes.ok)
}
