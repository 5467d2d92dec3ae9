import type { Command } from 'commander'
import { exitCodes } from '../../core/index.ts'
import type { ProvidersConfig } from '../roles/role-config.ts'
import { endedByItself, startRole } from '../roles/role-process.ts'
import { aborted } from './aborted.ts'
import type { CommandContext } from './context.ts'
import { collect, parsePort, parsePositive } from './options.ts'

interface ProvidersFlags {
  readonly port: number
  readonly seed: string
  readonly speed: number
  readonly catalog: readonly string[]
}

/** `routebench providers`: the simulated providers alone, until stopped. */
export function addProvidersCommand(program: Command, context: CommandContext): void {
  program
    .command('providers')
    .description('simulated providers alone, every endpoint of the catalogue on loopback')
    .option('--port <port>', 'port; 0 takes a free one', parsePort, 8788)
    .option('--seed <seed>', 'seed of every draw', 'live')
    .option('--speed <factor>', 'latencies are divided by this', parsePositive, 1)
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collect, [])
    .action(async (flags: ProvidersFlags) => {
      const { catalog, ...rest } = flags
      const config: ProvidersConfig = { catalogFiles: catalog, ...rest }
      const providers = await startRole('providers', config)
      context.stderr.write(`providers: ${providers.url}/{provider}/v1 · any key · Ctrl-C stops\n`)
      await Promise.race([aborted(context.interrupted), providers.exited])
      await providers.stop()
      if (!context.interrupted.aborted) throw endedByItself('providers')
      context.setExitCode(exitCodes.ok)
    })
}
