import { mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { messageOf } from '../../core/index.ts'
import { hasCode } from '../has-code.ts'
import { takeLock } from '../lock-file.ts'
import { currentOwner } from '../owner.ts'
import { type Engine, openEngine } from './engine.ts'
import { createHttpServer } from './http-server.ts'
import type { StartMessage } from './messages.ts'
import { removeServerEntry, writeServerEntry } from './server-file.ts'

export interface ServeOptions {
  readonly dataDir: string
  /** 0 takes a free one. */
  readonly port: number
}

/**
 * Runs the embedded store in this process until the parent goes away, or until SIGTERM where there is
 * no parent, then ends the process.
 * Tells the parent how the start went.
 */
export async function serveEmbeddedStore({ dataDir, port }: ServeOptions): Promise<void> {
  const incomingDir = join(dataDir, 'incoming')
  await mkdir(dataDir, { recursive: true })
  const lock = await takeLock(join(dataDir, 'server.lock'))
  if (lock.kind === 'held') return tell({ kind: 'locked', pid: lock.owner?.pid ?? null })
  const engine = openOrTell(join(dataDir, 'engine'))
  if (!engine) return await lock.release()
  // Rows of a process that was killed; only the holder of the engine's lock may remove them.
  await rm(incomingDir, { recursive: true, force: true })
  await mkdir(incomingDir)
  const storeId = crypto.randomUUID()
  const server = createHttpServer({ engine, incomingDir, storeId })
  const running = { server, engine, dataDir, release: lock.release }
  endWithParent(() => stop(running))
  try {
    const url = await listen(server, port)
    await writeServerEntry(dataDir, { owner: currentOwner(), url, storeId })
    tell({ kind: 'ready', url })
  } catch (error) {
    tell(
      hasCode(error, 'EADDRINUSE') ? { kind: 'port_in_use' } : { kind: 'failed', reason: messageOf(error) },
    )
    await stop(running)
  }
}

function openOrTell(folder: string): Engine | null {
  try {
    return openEngine(folder)
  } catch (error) {
    tell({ kind: 'failed', reason: messageOf(error) })
    return null
  }
}

function endWithParent(end: () => Promise<void>): void {
  let ending = false
  const endOnce = () => {
    if (ending) return
    ending = true
    void end()
  }
  process.once('disconnect', endOnce)
  // Ctrl-C and SIGTERM may reach the whole group; the parent still has records to store and says when to end.
  process.on('SIGTERM', () => {
    if (!process.connected) endOnce()
  })
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
}

interface Running {
  readonly server: Server
  readonly engine: Engine
  readonly dataDir: string
  readonly release: () => Promise<void>
}

async function stop({ server, engine, dataDir, release }: Running): Promise<void> {
  await removeServerEntry(dataDir)
  const closed = new Promise(resolve => server.close(resolve))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), 5000)
  await closed
  clearTimeout(late)
  await engine.close()
  await release()
  process.exit()
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}`
}

function tell(message: StartMessage): void {
  if (process.connected) process.send?.(message)
}
