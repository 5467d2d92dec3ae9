import type { Command } from 'commander'
import { createSystemClock, exitCodes, messageOf } from '../../core/index.ts'
import { recoverJournal, uploadJournal, watchJournal } from '../../store/index.ts'
import { openConfiguredStore } from '../open-configured-store.ts'
import { defaultFolders } from '../paths.ts'
import type { RouterConfig } from '../roles/role-config.ts'
import { endedByItself, startRole } from '../roles/role-process.ts'
import { aborted } from './aborted.ts'
import type { CommandContext } from './context.ts'
import { collect, parsePort, parsePositive, parseTimeoutMs } from './options.ts'

interface RouterFlags {
  readonly port: number
  readonly host: string
  readonly providersUrl?: string
  readonly seed: string
  readonly stickyTtl: number
  readonly attemptTimeout: number
  readonly firstTokenTimeout: number
  readonly catalog: readonly string[]
  readonly journal: string
  readonly store: string
}

/** `routebench router`: the instrumented router, until stopped. */
export function addRouterCommand(program: Command, context: CommandContext): void {
  program
    .command('router')
    .description('the instrumented router: OpenRouter’s API in front of every provider you have a key for')
    .option('--port <port>', 'port; 0 takes a free one', parsePort, 8787)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--providers-url <url>',
      'simulated providers that stand for all providers (see `routebench providers`)',
    )
    .option('--seed <seed>', 'seed of the routing draws', 'live')
    .option('--sticky-ttl <seconds>', 'idle time after which a conversation may move', parsePositive, 600)
    .option('--attempt-timeout <ms>', 'deadline of one attempt', parseTimeoutMs, 600_000)
    .option('--first-token-timeout <ms>', 'deadline of the first token of an attempt', parseTimeoutMs, 60_000)
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collect, [])
    .option('--journal <folder>', 'folder of the journal', '.routebench/journal')
    .option(
      '--store <folder>',
      'folder of the embedded store (unused with CLICKHOUSE_URL)',
      defaultFolders.store,
    )
    .action(async (flags: RouterFlags) => context.setExitCode(await serveRouter(flags, context)))
}

async function serveRouter(
  flags: RouterFlags,
  { env, stderr, interrupted }: CommandContext,
): Promise<number> {
  const { store, close } = await openConfiguredStore({ env, folder: flags.store })
  try {
    const router = await startRole('router', configOf(flags))
    stderr.write(`router: ${router.url}/api/v1 · records: ${store.url} · Ctrl-C stops\n`)
    const uploads = watchJournal({
      dir: flags.journal,
      store,
      clock: createSystemClock(),
      onError: error => stderr.write(`records wait in ${flags.journal}: ${messageOf(error)}\n`),
    })
    await Promise.race([aborted(interrupted), router.exited])
    stderr.write('stopping: running answers may end, then the rest of the records is uploaded …\n')
    await router.stop()
    await uploads.stop()
    // A router that was killed left its segments open.
    await recoverJournal(flags.journal)
    await uploadJournal({ dir: flags.journal, store })
    if (!interrupted.aborted) throw endedByItself('router')
    return exitCodes.ok
  } finally {
    await close()
  }
}

function configOf(flags: RouterFlags): RouterConfig {
  return {
    catalogFiles: flags.catalog,
    seed: flags.seed,
    port: flags.port,
    host: flags.host,
    providersUrl: flags.providersUrl ?? null,
    journalFolder: flags.journal,
    writer: 'router',
    stickyTtlSeconds: flags.stickyTtl,
    attemptTimeoutMs: flags.attemptTimeout,
    firstTokenTimeoutMs: flags.firstTokenTimeout,
  }
}
