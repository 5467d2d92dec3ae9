import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../../bin/routebench.js', import.meta.url))

/** What a command printed and how it ended. */
export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command under way. */
export interface CliProcess {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  /** Resolves when standard error has said something that matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** Options of a command. */
export interface CliOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Lead a process group of its own, so that a test can signal all of it. */
  readonly detached?: boolean
  /** Longest file that it and its children may write, in blocks of half or one kibibyte: a disk that is full early. */
  readonly maxFileBlocks?: number
}

/** Starts `routebench` as a user would, in a process of its own. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, detached = false, maxFileBlocks }: CliOptions,
): CliProcess {
  const { CLICKHOUSE_URL: _, ...inherited } = process.env
  const command = [process.execPath, entry, ...args]
  const [program = '', ...rest] =
    maxFileBlocks === undefined
      ? command
      : ['sh', '-c', `ulimit -f ${maxFileBlocks}; exec "$@"`, 'sh', ...command]
  const child = spawn(program, rest, { cwd, env: { ...inherited, ...env }, detached })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<CliResult>(resolve =>
    child.once('close', exitCode => resolve({ exitCode, stdout, stderr })),
  )
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stderr)
        if (match) resolve(match)
      }
      look()
      child.stderr.on('data', look)
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${stderr}`)))
    })
  return { child, ended, said }
}

/** Runs `routebench` to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended
}
