import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, UserError } from '../core/index.ts'

/**
 * Writes a text file a user named, whole or not at all, and makes its folder. An earlier file is replaced.
 * @throws UserError E_FILE_UNREADABLE
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, text)
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {
      // The first failure is the one to tell.
    })
    throw new UserError(`cannot write ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path, its permissions and the room on the disk.',
      cause,
    })
  }
}
