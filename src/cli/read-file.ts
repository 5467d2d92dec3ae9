import { readFile } from 'node:fs/promises'
import { messageOf, UserError } from '../core/index.ts'

const usualHint =
  'Check the path; it is taken relative to where you are, or to the scenario file for files it names.'

/** Reads a text file a user named. @throws UserError E_FILE_UNREADABLE, with the hint */
export async function readTextFile(path: string, purpose: string, hint = usualHint): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UserError(`cannot read the ${purpose} ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint,
      cause,
    })
  }
}
