/** What commands see of the process they run in. */
export interface CommandContext {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal
  /** Calls the listener for each SIGHUP from now on, which otherwise ends the process. */
  onHangup(listener: () => void): void
  setExitCode(code: number): void
}
