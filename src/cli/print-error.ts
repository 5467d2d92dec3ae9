import { styleText } from 'node:util'
import { exitCodes, UserError } from '../core/index.ts'

/** Prints what went wrong for a person and returns the exit code. A bug keeps its stack; a user's mistake has none. */
export function printError(thrown: unknown, output: NodeJS.WriteStream): number {
  const write = (text: string) => output.write(`${text}\n`)
  if (thrown instanceof UserError) {
    for (const problem of thrown.problems) write(problem)
    write(`${styleText('red', 'error', { stream: output })} ${thrown.code}: ${thrown.message}`)
    write(`  ${thrown.hint}`)
    return thrown.exitCode
  }
  write(
    `${styleText('red', 'internal error', { stream: output })}: this is a defect of routebench, please report it`,
  )
  write(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  return exitCodes.internal
}
