import type { Command } from 'commander'
import type { RouterFileInput } from '../../router/index.ts'
import { collect, parsePort, parsePositive, parseTimeoutMs } from '../commands/options.ts'

/** Flags of `routebench router`; what is not given is for the file, or the default, to say. */
export interface RouterFlags {
  readonly config?: string
  readonly printConfig?: true
  readonly port?: number
  readonly host?: string
  readonly providersUrl?: string
  readonly seed?: string
  readonly stickyTtl?: number
  readonly attemptTimeout?: number
  readonly firstTokenTimeout?: number
  readonly catalog?: readonly string[]
  readonly journal?: string
  readonly store?: string
}

/** Adds the flags to a command. */
export function addRouterFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (docs/router.md); flags win over it')
    .option('--print-config', 'print the effective configuration as YAML and end')
    .option('--port <port>', 'port; 0 takes a free one (default: 8787)', parsePort)
    .option('--host <address>', 'address to listen on; others than loopback need keys (default: 127.0.0.1)')
    .option(
      '--providers-url <url>',
      'simulated providers that stand for all providers (see `routebench providers`)',
    )
    .option('--seed <seed>', 'seed of the routing draws (default: live)')
    .option(
      '--sticky-ttl <seconds>',
      'idle time after which a conversation may move (default: 600)',
      parsePositive,
    )
    .option('--attempt-timeout <ms>', 'deadline of one attempt (default: 600000)', parseTimeoutMs)
    .option(
      '--first-token-timeout <ms>',
      'deadline of the first token of an attempt (default: 60000)',
      parseTimeoutMs,
    )
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collectFirst)
    .option('--journal <folder>', 'folder of the journal (default: .routebench/journal)')
    .option(
      '--store <folder>',
      'folder of the embedded store, unused with CLICKHOUSE_URL (default: .routebench/store)',
    )
}

function collectFirst(value: string, earlier: readonly string[] = []): readonly string[] {
  return collect(value, earlier)
}

/** What the flags say, in the words of the file. Pure. */
export function overridesOf(flags: RouterFlags): RouterFileInput {
  return {
    listen: { host: flags.host, port: flags.port },
    seed: flags.seed,
    catalog: flags.catalog === undefined ? undefined : [...flags.catalog],
    providers_url: flags.providersUrl,
    records: { journal: flags.journal, store: flags.store },
    routing: { sticky: { ttl_seconds: flags.stickyTtl } },
    deadlines: { attempt_ms: flags.attemptTimeout, first_token_ms: flags.firstTokenTimeout },
  }
}
