import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isOwnerAlive, type Owner, parseFields, parseOwner } from '../owner.ts'

/** Who serves a data folder, and where. */
export interface ServerEntry {
  readonly owner: Owner
  readonly url: string
  readonly storeId: string
}

/** `<dataDir>/server.json`. */
function serverFilePath(dataDir: string): string {
  return join(dataDir, 'server.json')
}

/** Writes the entry whole or not at all. */
export async function writeServerEntry(dataDir: string, { owner, url, storeId }: ServerEntry): Promise<void> {
  const draft = `${serverFilePath(dataDir)}.${owner.pid}`
  await writeFile(draft, `${JSON.stringify({ ...owner, url, storeId })}\n`)
  await rename(draft, serverFilePath(dataDir))
}

/** The entry of a server whose process is running; null when there is none. */
export async function readServerEntry(dataDir: string): Promise<ServerEntry | null> {
  const text = await readFile(serverFilePath(dataDir), 'utf8').catch(() => '')
  const owner = parseOwner(text)
  if (!owner || !isOwnerAlive(owner)) return null
  const { url, storeId } = parseFields(text) ?? {}
  return typeof url === 'string' && typeof storeId === 'string' ? { owner, url, storeId } : null
}

export async function removeServerEntry(dataDir: string): Promise<void> {
  await rm(serverFilePath(dataDir), { force: true })
}
