import { join } from 'node:path'
import { UserError } from '../core/index.ts'
import { lockOwner, takeLock } from './lock-file.ts'
import { isOwnerAlive } from './owner.ts'

/** Path of the file that says which process writes under a name. */
export function writerLockPath(dir: string, writer: string): string {
  return join(dir, `${writer}.lock`)
}

/** Whether a running process writes under this name. */
export async function isWriterAlive(dir: string, writer: string): Promise<boolean> {
  const owner = await lockOwner(writerLockPath(dir, writer))
  return owner !== null && isOwnerAlive(owner)
}

/** What the error says of a name that is taken. */
interface LockWords {
  readonly subject?: string
  readonly hint?: string
}

const usualHint = 'Stop that process, or give this one another writer name or folder.'

/**
 * Takes a writer's name for this process.
 *
 * @returns what gives it back.
 * @throws UserError E_STORE_LOCKED when a running process has it.
 */
export async function lockWriter(
  dir: string,
  writer: string,
  { subject = `the journal "${writer}"`, hint = usualHint }: LockWords = {},
): Promise<() => Promise<void>> {
  const lock = await takeLock(writerLockPath(dir, writer))
  if (lock.kind === 'taken') return lock.release
  const who = lock.owner ? `process ${lock.owner.pid} on ${lock.owner.host}` : 'another process'
  throw new UserError(`${subject} in ${dir} is being written by ${who}`, {
    code: 'E_STORE_LOCKED',
    hint,
  })
}
