import { createRng, createSystemClock } from '../../core/index.ts'
import { openProviderLog, openSimulatedProviders, readCalibration } from '../../sim/index.ts'
import { loadCatalog } from '../load-catalog.ts'
import type { ProvidersConfig } from './role-config.ts'
import { serveRole } from './serve-role.ts'

// Process of the simulated providers, and of their log when one is kept.
serveRole(async (config: ProvidersConfig) => {
  const { catalogFiles, calibrationFiles = [], seed, port, speed, logFile } = config
  const clock = createSystemClock()
  const catalog = await loadCatalog(catalogFiles)
  const log = logFile === null ? null : await openProviderLog({ path: logFile, clock, speed })
  const rng = createRng(seed)
  const calibration = readCalibration(calibrationFiles)
  const options = { catalog, calibration, clock, rng, port, speed, faults: [], log }
  const providers = await openSimulatedProviders(options)
  const close = async () => {
    await providers.close()
    await log?.close()
    const dropped = log?.dropped() ?? 0
    if (dropped > 0) console.error(`${dropped} lines of the provider log ${logFile} are lost`)
  }
  return { url: providers.url, close }
})
