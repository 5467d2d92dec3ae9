import type { BuiltinSetName } from './builtin/sets.ts'
import type { FaultSpec } from './fault-spec.ts'
import type { ChangeSpec, RegimeSpec } from './market-spec.ts'
import type { Check } from './plan.ts'

/** Where an arm sends its requests. */
export type TargetSpec =
  /** Simulated providers behind the instrumented router, both started for the run. */
  | { readonly kind: 'simulated' }
  /** The instrumented router, started for the run, in front of real providers with keys from the environment. */
  | { readonly kind: 'router' }
  /** Any OpenAI-compatible API. */
  | { readonly kind: 'url'; readonly baseUrl: string; readonly apiKeyEnv: string | null }

/** One side of a comparison. */
export interface Arm {
  readonly name: string
  readonly model: string
  readonly target: TargetSpec
  /** Body fields of this arm, over the workload's (`provider`, `models`, `temperature`, …). */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Whether requests of a conversation carry `session_id`, which routers keep on one provider. */
  readonly sessionId: boolean
}

/** What is asked. */
export type Workload =
  | { readonly kind: 'builtin'; readonly set: BuiltinSetName; readonly requests: number }
  | { readonly kind: 'prompts'; readonly file: string; readonly requests: number | null }
  | {
      readonly kind: 'sessions'
      readonly file: string
      /** How many sessions to take, drawn by seed. */
      readonly sessions: number
      readonly maxTurns: number | null
      /** Recorded think times are divided by this. */
      readonly speed: number
      /** Longest pause that is played, after `speed`; null: no limit. */
      readonly maxThinkSeconds: number | null
      /** A session ends before its first turn with a longer prompt; null: no limit. */
      readonly maxInputTokens: number | null
      /** Output length is the recorded one, at most this. */
      readonly maxOutputTokens: number | null
    }

/** When requests are due. */
export type Arrivals =
  | { readonly kind: 'closed'; readonly concurrency: number }
  | { readonly kind: 'constant'; readonly ratePerSecond: number }
  | { readonly kind: 'poisson'; readonly ratePerSecond: number }
  /** Timestamps of the workload's file, divided by `speed`. */
  | { readonly kind: 'recorded'; readonly speed: number }

/** A validated scenario with every default filled in; `scenario.resolved.yaml` is this, written out. */
export interface Scenario {
  readonly version: 1
  readonly name: string
  readonly description: string
  readonly seed: string
  readonly arms: readonly Arm[]
  readonly workload: Workload
  readonly arrivals: Arrivals
  /** Seconds count due times (open loop); items count prompts and whole sessions in their order. */
  readonly phases: {
    readonly warmupSeconds: number
    readonly cooldownSeconds: number
    readonly warmupItems: number
    readonly cooldownItems: number
  }
  /** Body fields of every request. */
  readonly request: {
    readonly maxTokens: number | null
    readonly stream: boolean
    readonly timeoutMs: number
    readonly parameters: Readonly<Record<string, unknown>>
  }
  readonly checks: readonly Check[]
  readonly simulation: {
    /** Latencies of the simulated providers are divided by this. */
    readonly speed: number
    readonly faults: readonly FaultSpec[]
    readonly regimes: readonly RegimeSpec[]
    readonly changes: readonly ChangeSpec[]
    /** Catalogue files laid over the built-in one, the later over the earlier; relative to the scenario file. */
    readonly catalogFiles: readonly string[]
    /** Calibration files laid over the built-in one, likewise. */
    readonly calibrationFiles: readonly string[]
    /** Whether the run keeps what they saw, as `providers.ndjson`. */
    readonly log: boolean
  }
  readonly router: {
    /** Routing seed and strategy settings are added by the router's own config file. */
    readonly stickyTtlSeconds: number
    readonly attemptTimeoutMs: number
    readonly firstTokenTimeoutMs: number
  }
  /** The run stops cleanly when one is reached; null: no limit. */
  readonly budget: {
    /** Decimal string of USD. */
    readonly maxUsd: string | null
    readonly maxSeconds: number | null
  }
  readonly labels: Readonly<Record<string, string>>
}
