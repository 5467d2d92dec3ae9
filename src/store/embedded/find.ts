import { storeIdHeader } from './http-server.ts'
import { readServerEntry } from './server-file.ts'

/** A running embedded store. */
export interface FoundStore {
  readonly url: string
  readonly pid: number
}

/** The embedded store that serves a data folder on this machine right now; null when none answers. */
export async function findEmbeddedStore(dataDir: string): Promise<FoundStore | null> {
  const entry = await readServerEntry(dataDir)
  if (!entry) return null
  try {
    const response = await fetch(`${entry.url}/ping`, { signal: AbortSignal.timeout(2000) })
    // The port may have gone to another program since.
    if (response.headers.get(storeIdHeader) !== entry.storeId) return null
    return { url: entry.url, pid: entry.owner.pid }
  } catch {
    // Nothing answers there: the entry is of a store that was killed or is just starting or ending.
    return null
  }
}
