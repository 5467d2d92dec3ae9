import { createRng, createSystemClock } from '../../core/index.ts'
import { defaultPolicySettings } from '../../policy/index.ts'
import { openRouter } from '../../router/index.ts'
import { loadCatalog } from '../load-catalog.ts'
import { openRecords } from '../open-records.ts'
import { requireSendableKeys } from '../run/required-keys.ts'
import { upstreamResolver } from '../upstream-keys.ts'
import type { RouterConfig } from './role-config.ts'
import { serveRole } from './serve-role.ts'

// Process of the instrumented router. Records go to a journal; whoever started it uploads them.
serveRole(async (config: RouterConfig) => {
  const clock = createSystemClock()
  const catalog = await loadCatalog(config.catalogFiles)
  if (config.providersUrl === null) requireSendableKeys(catalog, process.env)
  const records = await openRecords({
    folder: config.journalFolder,
    writer: config.writer,
    clock,
    env: process.env,
  })
  const router = await openRouter({
    catalog,
    clock,
    rng: createRng(config.seed),
    sink: records.sink,
    upstream: upstreamResolver(process.env, config.providersUrl),
    settings: {
      policy: { ...defaultPolicySettings, stickyTtlMs: config.stickyTtlSeconds * 1000 },
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
