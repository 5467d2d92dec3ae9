import { createRng, createSystemClock } from '../../core/index.ts'
import { openSimulatedProviders } from '../../sim/index.ts'
import { loadCatalog } from '../load-catalog.ts'
import type { ProvidersConfig } from './role-config.ts'
import { serveRole } from './serve-role.ts'

// Process of the simulated providers.
serveRole(async ({ catalogFiles, seed, port, speed }: ProvidersConfig) =>
  openSimulatedProviders({
    catalog: await loadCatalog(catalogFiles),
    clock: createSystemClock(),
    rng: createRng(seed),
    port,
    speed,
    faults: [],
  }),
)
