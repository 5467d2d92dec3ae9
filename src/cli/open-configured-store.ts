import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../core/index.ts'
import { findEmbeddedStore, migrate, openStore, startEmbeddedStore, type Store } from '../store/index.ts'
import { type OpenedStore, openReopeningStore } from './reopening-store.ts'

/** A store ready for use. */
export interface ConfiguredStore {
  readonly store: Store
  /** Closes the client, and the engine when it was started here. */
  close(): Promise<void>
}

/** How a store is chosen. */
export interface StoreChoice {
  /** `CLICKHOUSE_URL` selects a server. */
  readonly env: NodeJS.ProcessEnv
  /** Folder of the embedded engine. */
  readonly folder: string
  /** Leave the schema as it is, to look at it. */
  readonly keepsSchema?: boolean
}

/**
 * Opens the store that is configured: the server in `CLICKHOUSE_URL`, else the embedded engine that already serves the
 * folder (of `routebench store serve` or another run), else one started here; when the engine of another process ends
 * meanwhile, one is started here. Its schema is brought up to date
 * unless it is to be kept.
 *
 * @throws UserError E_STORE_UNREACHABLE when no ClickHouse answers there; see `Store.ping`.
 */
export async function openConfiguredStore({
  env,
  folder,
  keepsSchema = false,
}: StoreChoice): Promise<ConfiguredStore> {
  const { store, close } = env['CLICKHOUSE_URL']
    ? await openServer(env['CLICKHOUSE_URL'])
    : await openReopeningStore(() => openEmbedded(folder))
  try {
    await store.ping()
    if (!keepsSchema) await migrate(store)
    return { store, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

async function openServer(url: string): Promise<OpenedStore> {
  const store = await openStore({ url })
  return { store, close: () => store.close() }
}

/** Longest wait for an engine that is starting or ending: it has the folder and does not answer. */
const lockedWaitMs = 20_000
const lockedRetryMs = 100

async function openEmbedded(folder: string): Promise<OpenedStore> {
  for (let waitedMs = 0; ; waitedMs += lockedRetryMs) {
    const running = await findEmbeddedStore(folder)
    if (running) return await openServer(running.url)
    try {
      return await startAndOpen(folder)
    } catch (error) {
      const isLocked = error instanceof UserError && error.code === 'E_STORE_LOCKED'
      if (!isLocked || waitedMs >= lockedWaitMs) throw error
    }
    await delay(lockedRetryMs)
  }
}

async function startAndOpen(folder: string): Promise<OpenedStore> {
  const engine = await startEmbeddedStore({ dataDir: folder })
  const { store, close } = await openServer(engine.url)
  return {
    store,
    close: async () => {
      await close()
      await engine.close()
    },
  }
}
