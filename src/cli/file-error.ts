import { messageOf, UserError } from '../core/index.ts'

const diskCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

/**
 * What to throw when work on a file or folder failed: a refusal of the file system as an error that a person can act
 * on, anything else as it is.
 *
 * @param what What was to be done, with the path, such as `write runs/latest/report.md`.
 */
export function fileError(what: string, cause: unknown): unknown {
  const code = systemCodeOf(cause)
  if (code === null) return cause
  const isDisk = diskCodes.has(code)
  return new UserError(`cannot ${what}: ${messageOf(cause)}`, {
    code: isDisk ? 'E_DISK' : 'E_FILE_UNREADABLE',
    hint: isDisk
      ? 'Make room on the disk, or choose a folder on another one.'
      : 'Check the path and its permissions.',
    cause,
  })
}

/** Runs work on files; a refusal of the file system is told as `fileError` does. */
export async function orFileError<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw fileError(what, cause)
  }
}

/** The name of a system call's error; null for all else. */
function systemCodeOf(cause: unknown): string | null {
  if (!(cause instanceof Error) || !('syscall' in cause) || !('code' in cause)) return null
  return typeof cause.code === 'string' ? cause.code : null
}
