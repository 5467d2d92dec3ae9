import type { Catalog } from '../../catalog/index.ts'
import type { RouterSettings } from '../../router/index.ts'

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

/** What a router routes by. Structured-clone data: it crosses a process boundary. */
export interface RoutingConfig {
  readonly catalog: Catalog
  /** Over the defaults. */
  readonly settings: Partial<RouterSettings>
  /** URL of simulated providers that stand for all providers; null: the real ones. */
  readonly providersUrl: string | null
}

/** What the router's process is told. Keys of providers are not part of it: they come from the environment. */
export interface RouterRoleConfig {
  /** Can be exchanged while it runs, unlike the rest. */
  readonly routing: RoutingConfig
  readonly seed: string
  readonly port: number
  readonly host: string
  /** Folder of the journal. */
  readonly journalFolder: string
  /** Folder that keeps what callers have spent; null: it is forgotten at the end. */
  readonly ledgerFolder: string | null
  /** Where answers are kept that may be given again; left out: nowhere. */
  readonly responseCache?: { readonly folder: string; readonly maxBytes: number }
  /** Name of this router in the journal's folder, and in its rows of endpoint states. */
  readonly writer: string
  /** Run that it was started for; null: none. */
  readonly runId: string | null
}
