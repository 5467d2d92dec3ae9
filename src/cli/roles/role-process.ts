import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, UserError } from '../../core/index.ts'

/** Long-running parts that get a process of their own, so that they do not share an event loop with the replayer. */
export type RoleName = 'providers' | 'router'

/** A part that is up. */
export interface RunningRole {
  readonly url: string
  readonly name: RoleName
  hasExited(): boolean
  /** Resolves when its process has ended, for whatever reason. */
  readonly exited: Promise<unknown>
  /** Hands it a new definition; resolves when it goes by it. Rejects when it cannot, or has ended. */
  reload(definition: object): Promise<void>
  /** Lets it finish its work and write its records, waits for its end and tells what it lost. */
  stop(): Promise<RoleLosses>
}

/** Rows and spans that a part could not keep; anything but 0 must be shown. */
export interface RoleLosses {
  readonly records: number
  readonly spans: number
}

/** Losses of a part that keeps no records. */
export const noLosses: RoleLosses = { records: 0, spans: 0 }

/** What a role is told. */
export type RoleOrder<Config, Definition> =
  | { readonly kind: 'start'; readonly config: Config }
  | { readonly kind: 'reload'; readonly definition: Definition }
  | { readonly kind: 'stop' }

/** What a role tells its parent. */
export type RoleMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'stopping'; readonly withinMs: number }
  | { readonly kind: 'stopped'; readonly losses: RoleLosses }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly code: ErrorCode | null
      readonly hint: string
      readonly problems: readonly string[]
    }

/** Longest time a role may take to start, or to stop besides what it waits for others. */
const patienceMs = 20_000
/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Starts a role with its configuration and waits until it answers.
 * @throws UserError with the code that the role failed with, or E_PROCESS_DIED
 */
export async function startRole(name: RoleName, config: object): Promise<RunningRole> {
  const entry = fileURLToPath(new URL(`./${name}-main${extname(import.meta.url)}`, import.meta.url))
  const child = fork(entry, [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Catalogues have maps and bigints.
    serialization: 'advanced',
  })
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  tell(child, { kind: 'start', config })
  const url = await ready(child, name)
  return {
    name,
    url,
    exited,
    hasExited: () => hasExited(child),
    reload: definition => reload(child, name, definition),
    stop: () => stop(child, exited),
  }
}

const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP'])

function ready(child: ChildProcess, name: RoleName): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      child.off('exit', onExit)
    }
    const fail = (error: UserError) => {
      settle()
      child.kill('SIGKILL')
      reject(error)
    }
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      signal !== null && endingSignals.has(signal)
        ? fail(new UserError(`the ${name} process was told to end at start (${signal})`, interruptedAtStart))
        : fail(new UserError(`the ${name} process ended at start (code ${code})`, unexpected))
    const late = () => fail(new UserError(`the ${name} process did not start`, unexpected))
    const timer = setTimeout(late, patienceMs)
    child.once('exit', onExit)
    child.once('message', (message: RoleMessage) => {
      if (message.kind === 'failed') return fail(failureOf(message))
      if (message.kind !== 'ready') {
        return fail(new UserError(`the ${name} process stopped at start`, unexpected))
      }
      settle()
      return resolve(message.url)
    })
  })
}

const unexpected = {
  code: 'E_PROCESS_DIED',
  hint: 'This is not expected; run the command again and report it if it stays.',
} as const

/** A signal to the whole process group may come before the part can know that its parent decides. */
const interruptedAtStart = {
  code: 'E_INTERRUPTED',
  hint: 'Nothing was sent yet; run the command again.',
} as const

/** The error of a part that ended although nobody had asked it to. */
export function endedByItself(name: RoleName): UserError {
  return new UserError(`the ${name} process ended by itself`, unexpected)
}

function tell(child: ChildProcess, order: RoleOrder<object, object>): void {
  child.send(order)
}

function reload(child: ChildProcess, name: RoleName, definition: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('exit', onExit)
      child.off('message', onMessage)
    }
    const onExit = () => {
      settle()
      reject(endedByItself(name))
    }
    const onMessage = (message: RoleMessage) => {
      if (message.kind !== 'reloaded' && message.kind !== 'failed') return
      settle()
      if (message.kind === 'reloaded') resolve()
      else reject(failureOf(message))
    }
    if (hasExited(child)) return reject(endedByItself(name))
    child.on('exit', onExit)
    child.on('message', onMessage)
    return tell(child, { kind: 'reload', definition })
  })
}

function failureOf({ message, code, hint, problems }: Extract<RoleMessage, { kind: 'failed' }>): UserError {
  return new UserError(message, { code: code ?? 'E_PROCESS_DIED', hint, problems })
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/**
 * Ends a part in order, and by force when it takes longer than it said. One that ended on its own or had to be killed
 * tells nothing; what its journal holds is recovered by the next upload.
 */
async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<RoleLosses> {
  if (hasExited(child)) return noLosses
  let losses = noLosses
  const killIn = (ms: number) => setTimeout(() => child.kill('SIGKILL'), Math.min(ms, longestTimerMs))
  let timer = killIn(patienceMs)
  child.on('message', (message: RoleMessage) => {
    if (message.kind === 'stopped') losses = message.losses
    if (message.kind !== 'stopping') return
    clearTimeout(timer)
    timer = killIn(message.withinMs + patienceMs)
  })
  tell(child, { kind: 'stop' })
  await exited
  clearTimeout(timer)
  return losses
}
