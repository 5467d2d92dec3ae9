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

/** What a role tells its parent. */
export type RoleMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'stopped'; readonly losses: RoleLosses }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly code: ErrorCode | null
      readonly hint: string
      readonly problems: readonly string[]
    }

/** Longest time a role may take to start or to stop. */
const patienceMs = 20_000

/**
 * Starts a role with its configuration and waits until it answers.
 * @throws UserError with the code that the role failed with, or E_PROCESS_DIED
 */
export async function startRole(name: RoleName, config: object): Promise<RunningRole> {
  const entry = fileURLToPath(new URL(`./${name}-main${extname(import.meta.url)}`, import.meta.url))
  const child = fork(entry, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  child.send(config)
  const url = await ready(child, name)
  return { name, url, exited, hasExited: () => hasExited(child), stop: () => stop(child, exited) }
}

interface FailureToStart {
  readonly code: ErrorCode
  readonly hint: string
  readonly problems?: readonly string[]
}

function ready(child: ChildProcess, name: RoleName): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      child.off('exit', onExit)
    }
    const fail = (message: string, options: FailureToStart) => {
      settle()
      child.kill('SIGKILL')
      reject(new UserError(message, options))
    }
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      signal === 'SIGTERM' || signal === 'SIGINT'
        ? fail(`the ${name} process was told to end at start (${signal})`, interruptedAtStart)
        : fail(`the ${name} process ended at start (code ${code})`, unexpected)
    const timer = setTimeout(() => fail(`the ${name} process did not start`, unexpected), patienceMs)
    child.once('exit', onExit)
    child.once('message', (message: RoleMessage) => {
      if (message.kind === 'stopped') return fail(`the ${name} process stopped at start`, unexpected)
      if (message.kind === 'failed') {
        const { code, hint, problems } = message
        return fail(message.message, { code: code ?? 'E_PROCESS_DIED', hint, problems })
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

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** A part that ended on its own or had to be killed tells nothing; what its journal holds is recovered by the next upload. */
async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<RoleLosses> {
  if (hasExited(child)) return noLosses
  let losses = noLosses
  child.on('message', (message: RoleMessage) => {
    if (message.kind === 'stopped') losses = message.losses
  })
  child.send('stop')
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await exited
  clearTimeout(timer)
  return losses
}
