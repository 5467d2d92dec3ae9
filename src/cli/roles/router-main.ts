import { createRng, createSystemClock } from '../../core/index.ts'
import { openLedger, openResponseCache, openRouter, type RouterDefinition } from '../../router/index.ts'
import { lockWriter } from '../../store/index.ts'
import { openRecords } from '../open-records.ts'
import { upstreamResolver } from '../upstream-keys.ts'
import type { RouterRoleConfig, RoutingConfig } from './role-config.ts'
import { serveRole } from './serve-role.ts'

// Process of the instrumented router. Records go to a journal; whoever started it uploads them.
serveRole(async (config: RouterRoleConfig) => {
  const { seed, port, host, journalFolder, ledgerFolder, writer } = config
  const clock = createSystemClock()
  const records = await openRecords({ folder: journalFolder, writer, clock, env: process.env })
  const onError = (error: unknown) => console.error(error)
  const lock = (folder: string) =>
    lockWriter(folder, 'ledger', {
      subject: 'the ledger',
      hint: 'Stop that process, or set records.ledger of this router’s configuration to another folder.',
    })
  const ledger =
    ledgerFolder === null ? null : await openLedger({ folder: ledgerFolder, clock, lock, onError })
  const responseCache = config.responseCache
    ? await openResponseCache({ ...config.responseCache, onError })
    : null
  const router = await openRouter({
    ...definitionOf(config.routing),
    clock,
    rng: createRng(seed),
    sink: records.sink,
    ...(ledger && { ledger }),
    responseCache,
    port,
    host,
    name: writer,
    ...(config.runId !== null && { runId: config.runId }),
    onDefect: onError,
  })
  const close = async () => {
    await router.close()
    await ledger?.close()
    await responseCache?.close()
    await records.close()
    return records.losses()
  }
  const reload = (routing: RoutingConfig) => router.reload(definitionOf(routing))
  return { url: router.url, close, closesWithinMs: router.closesWithinMs, reload }
})

function definitionOf({ catalog, settings, providersUrl }: RoutingConfig): RouterDefinition {
  return { catalog, settings, upstream: upstreamResolver(process.env, providersUrl) }
}
