import type { Fault, Usage } from '../record/index.ts'

/** How an exchange with an HTTP API ended. An upstream's answer is data: nothing of this is thrown. */
export type ExchangeOutcome =
  | { readonly kind: 'ok' }
  | {
      readonly kind: 'error'
      readonly fault: Fault
      /** Error class, one of docs/errors.md: `rate_limit_exceeded`, `provider_unavailable`, `timeout_first_token`, … */
      readonly errorType: string
      /** Text for a person; may be shown to the caller, never recorded. */
      readonly message: string
    }
  /** The caller gave up. */
  | { readonly kind: 'canceled' }
  /** The stream ended without a finish reason and without `[DONE]`. */
  | { readonly kind: 'truncated' }

/** Instants of one exchange, monotonic nanoseconds; null: it did not happen. Taken on bytes, before parsing. */
export interface Stamps {
  readonly sentNs: number
  readonly headersNs: number | null
  readonly firstByteNs: number | null
  readonly firstCommentNs: number | null
  readonly firstTokenNs: number | null
  readonly firstVisibleNs: number | null
  readonly firstToolNs: number | null
  readonly lastTokenNs: number | null
  readonly closedNs: number
  /** Pauses that we made are no gaps. */
  readonly maxGapNs: number | null
  /** How long the upstream was not listened to, because its answer was not taken as fast as it came. */
  readonly pausedNs: number
  readonly chunks: number
}

/**
 * Deadlines of one exchange in milliseconds; null: none. They run side by side, so the earliest counts, and the answer
 * says which one that was. All but `idleMs` and `stallMs` count from the start of the exchange.
 */
export interface Deadlines {
  /** Until the request is on a connection, a fresh one or one at rest. Default null: the pool's own. */
  readonly connectMs?: number | null
  readonly headersMs: number | null
  /** Streams. */
  readonly firstTokenMs: number | null
  /** Longest silence once bytes flow; comments are no silence. */
  readonly idleMs: number | null
  /** Streams: longest wait between two tokens, whatever else comes meanwhile. Default null. */
  readonly stallMs?: number | null
  /** The whole exchange. */
  readonly totalMs: number | null
  /** What is left of the time for something larger that this exchange is one try at. Default null. */
  readonly requestMs?: number | null
}

/** Deadlines as the records name them; `idle` is silence and a stall, `attempt` the whole exchange. */
export type DeadlineName = 'connect' | 'headers' | 'first_token' | 'idle' | 'attempt' | 'request'

/** A tool call of an answer; `argumentsText` as it came, whether it is JSON or not. */
export interface ToolCall {
  readonly name: string
  readonly argumentsText: string
}

/** Everything one exchange gave. */
export interface Exchange {
  readonly outcome: ExchangeOutcome
  /** Whether the head of the request has gone out; if not, nothing can have been billed. */
  readonly wasSent: boolean
  /** The deadline that ended it; null: none did. */
  readonly deadline: DeadlineName | null
  /** 0 when no answer came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly stamps: Stamps
  readonly connection: { readonly reused: boolean; readonly connectNs: number }
  /** null: the answer told none, or none that can be. */
  readonly usage: Usage | null
  /** Whether it told usage that cannot be: negative, contradictory or absurd. */
  readonly usageIsInvalid: boolean
  readonly finishReason: string
  readonly nativeFinishReason: string
  /** Id, model and provider as the answer names them; empty when it does not. */
  readonly answerId: string
  readonly model: string
  readonly provider: string
  /** Visible text of the answer. */
  readonly text: string
  /** Tool calls of the first choice, put together; null: more than are kept. */
  readonly toolCalls: readonly ToolCall[] | null
  /** The parsed body of an answer that was not a stream; null otherwise. */
  readonly body: unknown
  readonly retryAfterMs: number | null
}

/** What the caller of a streamed exchange sees while it runs. */
export type StreamEvent =
  /** One parsed `data:` object, in order. */
  | { readonly kind: 'chunk'; readonly data: Readonly<Record<string, unknown>>; readonly hasToken: boolean }
  | { readonly kind: 'comment'; readonly text: string }
