import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, UserError } from '../../core/index.ts'
import { isStartMessage, type StartMessage } from './messages.ts'
import { readServerEntry } from './server-file.ts'

export interface EmbeddedStoreOptions {
  /** Folder of the data; made when missing. */
  readonly dataDir: string
  /** Port on 127.0.0.1. Default 0: a free one. */
  readonly port?: number
}

/** An embedded store that this process started. */
export interface EmbeddedStore {
  /** Of ClickHouse's HTTP interface, for `openStore`. */
  readonly url: string
  readonly pid: number
  /** Resolves when the store's process has ended, for whatever reason. */
  readonly exited: Promise<void>
  /** Ends the store after the statements under way. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Longest end of a store before it is killed; its data survive that. */
const closeTimeoutMs = 15_000

/**
 * Starts chDB on a folder in a process of its own, which ends with this one.
 *
 * @throws UserError E_STORE_LOCKED when another process has the folder, E_PORT_IN_USE, E_FILE_UNREADABLE for an
 *   unusable or damaged folder, E_PROCESS_DIED when the process ended while it started.
 */
export async function startEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { dataDir, port = 0 } = options
  await makeFolder(dataDir)
  const child = spawnStore(dataDir, port)
  const errors = tailOf(child)
  const exited = exitOf(child)
  const message = await firstMessage(child)
  if (message?.kind !== 'ready' || child.pid === undefined) {
    await exited
    throw await startError({ message, dataDir, port, errors: errors() })
  }
  const close = () => closeChild(child, exited)
  return Object.freeze({ url: message.url, pid: child.pid, exited, close, [Symbol.asyncDispose]: close })
}

async function exitOf(child: ChildProcess): Promise<void> {
  await once(child, 'exit')
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true })
  } catch (error) {
    throw new UserError(`the data folder ${dataDir} cannot be used: ${messageOf(error)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Choose a folder that this user may write to.',
      cause: error,
    })
  }
}

function spawnStore(dataDir: string, port: number): ChildProcess {
  // The same ending as this file: source here, compiled in a package.
  const main = fileURLToPath(new URL(`../main${extname(import.meta.filename)}`, import.meta.url))
  const { PATH, HOME, TMPDIR } = process.env
  return spawn(process.execPath, [main, dataDir, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Nothing else of the environment: it may hold API keys. One engine thread per statement, and some spare.
    env: { PATH, HOME, TMPDIR, TZ: 'UTC', UV_THREADPOOL_SIZE: '16' },
  })
}

/** Keeps the end of what the process says on its error output. */
function tailOf(child: ChildProcess): () => string {
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2000)
  })
  return () => tail.trim()
}

/** The start message, or null when the process ends without one. */
async function firstMessage(child: ChildProcess): Promise<StartMessage | null> {
  return await new Promise((resolve, reject) => {
    child.once('message', value => resolve(isStartMessage(value) ? value : null))
    child.once('exit', () => resolve(null))
    child.once('error', reject)
  })
}

async function closeChild(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect()
  const kill = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs)
  await exited
  clearTimeout(kill)
}

interface FailedStart {
  readonly message: StartMessage | null
  readonly dataDir: string
  readonly port: number
  readonly errors: string
}

async function startError({ message, dataDir, port, errors }: FailedStart): Promise<UserError> {
  if (message?.kind === 'locked') return await lockedError(dataDir, message.pid)
  if (message?.kind === 'port_in_use') {
    return new UserError(`port ${port} for the embedded store is in use`, {
      code: 'E_PORT_IN_USE',
      hint: 'Stop the program that has it, or choose another port; 0 takes a free one.',
    })
  }
  const said = message?.kind === 'failed' ? message.reason : ''
  const reason = [said, errors].filter(Boolean).join('; ')
  // CANNOT_OPEN_FILE: a program that knows nothing of our lock file has the engine's folder.
  if (/Code: 76\b/.test(reason)) return await lockedError(dataDir, null)
  // The engine itself runs, and says what it cannot read.
  if (/Failed to create connection|Code: \d+/.test(reason)) {
    return new UserError(`the embedded store cannot open its data in ${dataDir}: ${reason}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'The folder may be damaged, or its disk full. Choose another, or move it away; `routebench store load` brings back what the journals of runs hold.',
    })
  }
  return new UserError(
    `the embedded store could not start: ${reason || 'its process ended without a word'}`,
    {
      code: 'E_PROCESS_DIED',
      hint: 'chDB runs on Linux (glibc) and macOS; elsewhere set CLICKHOUSE_URL to a ClickHouse server.',
    },
  )
}

async function lockedError(dataDir: string, pid: number | null): Promise<UserError> {
  const entry = await readServerEntry(dataDir)
  const holder = pid === null ? 'another process' : `process ${pid}`
  const who = entry ? `${holder}, which answers at ${entry.url}` : holder
  return new UserError(`the store in ${dataDir} is in use by ${who}`, {
    code: 'E_STORE_LOCKED',
    hint: entry
      ? `Use that one with CLICKHOUSE_URL=${entry.url}, or stop it.`
      : 'Wait until that process ends, or choose another data folder.',
  })
}
