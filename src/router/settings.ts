import {
  defaultHealthSettings,
  defaultRetryBudgetSettings,
  defaultRetrySettings,
  type HealthSettings,
  type LearnedDeadlineSettings,
  type Quantiles,
  type RetryBudgetSettings,
  type RetrySettings,
} from '../health/index.ts'
import {
  type AccessRules,
  defaultPolicySettings,
  noAccessRules,
  noRoutingTables,
  type PolicySettings,
  type RoutingTables,
} from '../policy/index.ts'
import { type CallerSettings, noCallerSettings } from './keys/key-definition.ts'
import type { RescueMode } from './rescue-mode.ts'
import { defaultQueueSettings, type QueueSettings } from './queues/provider-queues.ts'

/** Everything about a router that can be set. */
export interface RouterSettings {
  readonly policy: PolicySettings
  /** Declared pools, aliases and task rules. */
  readonly tables: RoutingTables
  /** What holds for every caller. */
  readonly account: AccessRules
  /** Keys of callers, and the credits of the account behind them. */
  readonly callers: CallerSettings
  readonly health: HealthSettings
  /** Conversations remembered at once; the least recently answered is forgotten first. */
  readonly maxPins: number
  /** Longest chain of `model` and `models` that a request may name. */
  readonly maxModels: number
  /** Bound on upstream calls for one request. */
  readonly maxAttempts: number
  /** Retries of the same endpoint, where no other is left. */
  readonly retry: RetrySettings
  readonly retryBudget: RetryBudgetSettings
  /** A second attempt beside a slow one; null: off. */
  readonly hedge: HedgeSettings | null
  /** What becomes of streams that break off, unless the call wishes otherwise. */
  readonly rescue: RescueMode
  /** Whole request across its attempts and the waits between them, from its first byte; null: none. */
  readonly requestTimeoutMs: number | null
  /** Whole attempt, from sending to the end of the answer. */
  readonly attemptTimeoutMs: number
  /** The same without a stream; null: as with one, but at most half of `requestTimeoutMs`. */
  readonly unaryTimeoutMs: number | null
  /** Streams only: from sending to the response headers; null: the first token's deadline is enough. */
  readonly headersTimeoutMs: number | null
  /** Streams only: from sending to the first token. */
  readonly firstTokenTimeoutMs: number | null
  /** A deadline for the first token by what the endpoint did of late, while another one is left; null: off. */
  readonly learnedFirstToken: LearnedDeadlineSettings | null
  /** Longest silence once bytes have begun to flow. */
  readonly idleTimeoutMs: number | null
  /** Streams only: longest wait between two tokens, whatever comments come meanwhile. */
  readonly stallTimeoutMs: number | null
  readonly connectTimeoutMs: number
  /** Silence before the first keep-alive comment, and between later ones. */
  readonly keepAliveFirstMs: number
  readonly keepAliveEveryMs: number
  readonly maxBodyBytes: number
  /** A caller's time from its first byte, or from connecting, to the end of its headers. */
  readonly receiveHeadersMs: number
  /** A caller's time for the whole request, body and all. */
  readonly receiveMs: number
  /** Connections without a request that are kept; beyond, the one that has rested longest is closed. */
  readonly maxIdleConnections: number
  /** Rest of a connection after an answer. */
  readonly idleConnectionMs: number
  /** Pages of every web site may call and read answers (CORS). */
  readonly allowAnyOrigin: boolean
  /** Unsent bytes of an answer at which its upstream is paused until the caller has read them. */
  readonly maxUnsentBytes: number
  /** How long a caller may read nothing of what waits for it; then its connection is cut. */
  readonly unreadMs: number
  /** Chat requests under way at once; what comes on top is refused with 503. null: no bound. */
  readonly maxRequestsUnderWay: number | null
  /** Requests under way at each provider, and how many may wait to be. */
  readonly queues: QueueSettings
  /** Answers that `GET /generation` still knows. */
  readonly maxGenerations: number
  /** How long `close` waits for running requests. */
  readonly drainMs: number
  /**
   * Upstreams are simulated providers: they speak the protocols of the real ones, without the ways of single hosts, and
   * are told the identity of a request and the length of its recorded answer. Real providers are told neither.
   */
  readonly upstreamIsSimulated: boolean
}

/** When a second attempt is made beside one that is slow. */
export interface HedgeSettings {
  /** Streams: once the first token takes longer than this quantile of the endpoint's first tokens; null: `afterMs`. */
  readonly after: keyof Quantiles | null
  /** Otherwise, and where no quantile is known; null: never. */
  readonly afterMs: number | null
  /** Most hedges among requests, as a ratio. */
  readonly maxShare: number
}

/** Defaults; sources and reasons are in docs/router.md. */
export const defaultRouterSettings: RouterSettings = Object.freeze({
  policy: defaultPolicySettings,
  tables: noRoutingTables,
  account: noAccessRules,
  callers: noCallerSettings,
  health: defaultHealthSettings,
  maxPins: 100_000,
  maxModels: 8,
  maxAttempts: 10,
  retry: defaultRetrySettings,
  retryBudget: defaultRetryBudgetSettings,
  hedge: null,
  rescue: 'off',
  // No client of ours waits longer (OpenAI's SDK gives up after 600 s).
  requestTimeoutMs: 600_000,
  attemptTimeoutMs: 600_000,
  unaryTimeoutMs: null,
  headersTimeoutMs: null,
  firstTokenTimeoutMs: 60_000,
  learnedFirstToken: null,
  idleTimeoutMs: 60_000,
  stallTimeoutMs: 120_000,
  connectTimeoutMs: 5_000,
  keepAliveFirstMs: 1_000,
  keepAliveEveryMs: 5_000,
  maxBodyBytes: 32 * 1024 * 1024,
  receiveHeadersMs: 30_000,
  receiveMs: 120_000,
  maxIdleConnections: 10_000,
  // Longer than callers' pools keep idle connections, so that none is closed under a request.
  idleConnectionMs: 120_000,
  allowAnyOrigin: false,
  // Some seconds of the fastest streams.
  maxUnsentBytes: 256 * 1024,
  unreadMs: 60_000,
  maxRequestsUnderWay: 10_000,
  queues: defaultQueueSettings,
  maxGenerations: 10_000,
  drainMs: 10_000,
  upstreamIsSimulated: false,
})
