import { findEmbeddedStore, migrate, openStore, startEmbeddedStore, type Store } from '../store/index.ts'

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
 * folder (`routebench store serve`), else one started here. Its schema is brought up to date
 * unless it is to be kept.
 *
 * @throws UserError E_STORE_UNREACHABLE when no ClickHouse answers there; see `Store.ping`.
 */
export async function openConfiguredStore({
  env,
  folder,
  keepsSchema = false,
}: StoreChoice): Promise<ConfiguredStore> {
  const { url, stop } = await locateStore(env, folder)
  const store = await openStore({ url })
  const close = async () => {
    await store.close()
    await stop()
  }
  try {
    await store.ping()
    if (!keepsSchema) await migrate(store)
    return { store, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

interface Located {
  readonly url: string
  stop(): Promise<void>
}

async function locateStore(env: NodeJS.ProcessEnv, folder: string): Promise<Located> {
  const notOurs = () => Promise.resolve()
  if (env['CLICKHOUSE_URL']) return { url: env['CLICKHOUSE_URL'], stop: notOurs }
  const running = await findEmbeddedStore(folder)
  if (running) return { url: running.url, stop: notOurs }
  const engine = await startEmbeddedStore({ dataDir: folder })
  return { url: engine.url, stop: () => engine.close() }
}
