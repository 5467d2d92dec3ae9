import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { messageOf, UserError } from '../core/index.ts'

/** Reads a body from a file, or from standard input for `-`. @throws UserError E_FILE_UNREADABLE, E_USAGE */
export async function readRequestBody(path: string, stdin: NodeJS.ReadStream): Promise<Buffer> {
  if (path === '-' && stdin.isTTY) {
    throw new UserError('there is no request to explain', {
      code: 'E_USAGE',
      hint: 'Name a file with the body of a chat request, or pipe one in.',
    })
  }
  try {
    return path === '-' ? await buffer(stdin) : await readFile(path)
  } catch (cause) {
    throw new UserError(`cannot read the request ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path; - reads standard input.',
      cause,
    })
  }
}
