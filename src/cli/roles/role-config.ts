/** What the process of the simulated providers is told. Plain data: it crosses a process boundary. */
export interface ProvidersConfig {
  readonly catalogFiles: readonly string[]
  /** Laid over the built-in calibration; left out: none. */
  readonly calibrationFiles?: readonly string[]
  readonly seed: string
  /** 0: any free port. */
  readonly port: number
  /** Latencies are divided by this. */
  readonly speed: number
  /** File that keeps a line for every request; null: none. */
  readonly logFile: string | null
}

/** What the router's process is told. Keys are not part of it: they come from the environment. */
export interface RouterConfig {
  readonly catalogFiles: readonly string[]
  readonly seed: string
  readonly port: number
  readonly host: string
  /** URL of simulated providers that stand for all providers; null: the real ones. */
  readonly providersUrl: string | null
  /** Folder of the journal. */
  readonly journalFolder: string
  /** Name of this router in that folder. */
  readonly writer: string
  readonly stickyTtlSeconds: number
  readonly attemptTimeoutMs: number
  readonly firstTokenTimeoutMs: number
}
