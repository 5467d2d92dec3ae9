import { createRng, createSystemClock } from '../../core/index.ts'
import { openRouter } from '../../router/index.ts'
import { loadCatalog } from '../load-catalog.ts'
import { openRecords } from '../open-records.ts'
import { upstreamResolver } from '../upstream-keys.ts'
import type { RouterConfig } from './role-config.ts'
import { serveRole } from './serve-role.ts'

// Process of the instrumented router. Records go to a journal; whoever started it uploads them.
serveRole(async (config: RouterConfig) => {
  const clock = createSystemClock()
  const records = await openRecords({
    folder: config.journalFolder,
    writer: config.writer,
    clock,
    env: process.env,
  })
  const router = await openRouter({
    catalog: await loadCatalog(config.catalogFiles),
    clock,
    rng: createRng(config.seed),
    sink: records.sink,
    upstream: upstreamResolver(process.env, config.providersUrl),
    settings: {
      stickyTtlMs: config.stickyTtlSeconds * 1000,
      attemptTimeoutMs: config.attemptTimeoutMs,
      firstTokenTimeoutMs: config.firstTokenTimeoutMs,
      upstreamIsSimulated: config.providersUrl !== null,
    },
    port: config.port,
    host: config.host,
    onDefect: defect => console.error(defect),
  })
  const close = async () => {
    await router.close()
    await records.close()
    return records.losses()
  }
  return { url: router.url, close }
})
