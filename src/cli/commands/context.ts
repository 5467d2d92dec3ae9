/** What commands see of the process they run in. */
export interface CommandContext {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal
  setExitCode(code: number): void
}
