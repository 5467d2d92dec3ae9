import { UserError } from '../core/index.ts'
import type { Store } from '../store/index.ts'

/** A store that is open, and how to let go of it. */
export interface OpenedStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * A store that is opened again when it has gone, and the call made again: the engine of a folder belongs to the
 * process that started it and ends with it, while others are using it. Every call can be repeated without harm:
 * inserts carry tokens, statements of a migration can run twice.
 *
 * @param open Opens what serves the folder now, or starts it.
 */
export async function openReopeningStore(open: () => Promise<OpenedStore>): Promise<OpenedStore> {
  let current = open()
  const first = (await current).store

  async function replace(gone: OpenedStore): Promise<OpenedStore> {
    await gone.close()
    return await open()
  }

  async function call<Result>(
    work: (store: Store) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const used = current
    const opened = await used
    try {
      return await work(opened.store)
    } catch (error) {
      const isGone = error instanceof UserError && error.code === 'E_STORE_UNREACHABLE'
      if (!isGone || signal?.aborted) throw error
      // Of several calls that found it gone, one opens it again.
      if (current === used) startReplacing(used, opened)
      return await work((await current).store)
    }
  }

  function startReplacing(used: Promise<OpenedStore>, gone: OpenedStore): void {
    const next = replace(gone)
    current = next
    // The next call tries again.
    next.catch(() => {
      current = used
    })
  }

  const store: Store = Object.freeze({
    url: first.url,
    database: first.database,
    ping: () => call(one => one.ping()),
    query: <Row>(...args: Parameters<Store['query']>) => call(one => one.query<Row>(...args)),
    command: (...args: Parameters<Store['command']>) => call(one => one.command(...args)),
    createDatabase: () => call(one => one.createDatabase()),
    insertSegment: (segment: Parameters<Store['insertSegment']>[0]) =>
      call(one => one.insertSegment(segment), segment.signal),
    close: () => call(one => one.close()),
  })
  return { store, close: async () => await (await current).close() }
}
