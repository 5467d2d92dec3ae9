import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileError } from './file-error.ts'

/**
 * Writes a text file a user named, whole or not at all, and makes its folder. An earlier file is replaced.
 * @throws UserError E_FILE_UNREADABLE, E_DISK
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
    throw fileError(`write ${path}`, cause)
  }
}
