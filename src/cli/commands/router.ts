import type { Command } from 'commander'
import { createSystemClock, exitCodes, messageOf } from '../../core/index.ts'
import { routerConfigYaml } from '../../router/index.ts'
import { recoverJournal, uploadJournal, watchJournal } from '../../store/index.ts'
import { openConfiguredStore } from '../open-configured-store.ts'
import type { RouterRoleConfig } from '../roles/role-config.ts'
import { endedByItself, startRole } from '../roles/role-process.ts'
import { describeKeys } from '../router/describe-keys.ts'
import { keepCurrent } from '../router/keep-current.ts'
import { type LoadedRouter, loadRouter, type RouterSource } from '../router/load-router.ts'
import { addRouterFlags, overridesOf, type RouterFlags } from '../router/router-flags.ts'
import { aborted } from './aborted.ts'
import type { CommandContext } from './context.ts'

/** `routebench router`: the instrumented router, until stopped. */
export function addRouterCommand(program: Command, context: CommandContext): void {
  addRouterFlags(
    program
      .command('router')
      .description('the instrumented router: OpenRouter’s API in front of every provider you have a key for'),
  ).action(async (flags: RouterFlags) => context.setExitCode(await runRouter(flags, context)))
}

async function runRouter(flags: RouterFlags, context: CommandContext): Promise<number> {
  const source = {
    configFile: flags.config ?? null,
    overrides: overridesOf(flags),
    env: context.env,
  }
  const loaded = await loadRouter(source)
  if (!flags.printConfig) return serveRouter(source, loaded, context)
  context.stdout.write(routerConfigYaml(loaded.config))
  return exitCodes.ok
}

async function serveRouter(
  source: RouterSource,
  loaded: LoadedRouter,
  { env, stderr, interrupted, onHangup }: CommandContext,
): Promise<number> {
  const folders = loaded.config.values.records
  const { store, close } = await openConfiguredStore({ env, folder: folders.store })
  try {
    const router = await startRole('router', roleConfigOf(loaded))
    const stopFollowing = keepCurrent({ role: router, source, loaded, stderr, onHangup })
    stderr.write(`router: ${router.url}/api/v1 · records: ${store.url} · Ctrl-C stops\n`)
    if (loaded.routing.providersUrl === null) {
      for (const line of describeKeys(loaded.routing.catalog, env)) stderr.write(`${line}\n`)
    }
    const uploads = watchJournal({
      dir: folders.journal,
      store,
      clock: createSystemClock(),
      onError: error => stderr.write(`records wait in ${folders.journal}: ${messageOf(error)}\n`),
    })
    await Promise.race([aborted(interrupted), router.exited])
    stopFollowing()
    stderr.write('stopping: running answers may end, then the rest of the records is uploaded …\n')
    await router.stop()
    await uploads.stop()
    // A router that was killed left its segments open.
    await recoverJournal(folders.journal)
    await uploadJournal({ dir: folders.journal, store })
    if (!interrupted.aborted) throw endedByItself('router')
    return exitCodes.ok
  } finally {
    await close()
  }
}

function roleConfigOf({ config, routing }: LoadedRouter): RouterRoleConfig {
  const { listen, seed, records, response_cache: cache } = config.values
  return {
    routing,
    seed: String(seed),
    port: listen.port,
    host: listen.host,
    journalFolder: records.journal,
    ledgerFolder: records.ledger,
    ...(cache.enabled && { responseCache: { folder: cache.folder, maxBytes: cache.max_bytes } }),
    writer: 'router',
    runId: null,
  }
}
