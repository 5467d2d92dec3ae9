import type { LimitDialect } from './faults.ts'
import type { LimitSpan, RateState } from './rate-limiter.ts'

/** A part of an answer. `text` is what its chunks carry: for a tool call its arguments as JSON. */
export type AnswerBlock = {
  readonly text: string
  /** What it counts; of a tool call the name counts too. */
  readonly tokens: number
  /** Which of several choices it belongs to, from 0; left out: the first. */
  readonly choice?: number
} & (
  | { readonly kind: 'reasoning' | 'text' | 'refusal' }
  | { readonly kind: 'tool_call'; readonly name: string }
)

/** Why an answer ends. `stop_sequence`: one of the caller's stop sequences would have come next. */
export type FinishReason = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'refusal'

/** A piece of an answer and when it is due. */
export interface AnswerChunk {
  /** Milliseconds of simulated time after the request arrived. */
  readonly atMs: number
  readonly text: string
  /** Tokens that came since the chunk before, all of a block's together are what it counts. */
  readonly tokens: number
  /** Position in the plan's `blocks` of the block it is a piece of; never falls within a choice. */
  readonly block: number
}

/** Exact token counts of an answer, in the inclusive convention: input contains cached and written tokens. */
export interface AnswerUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  /** All cache writes, those for an hour included. */
  readonly writtenTokens: number
  /** Part of `writtenTokens` that is kept for an hour, which has a price of its own. */
  readonly longWrittenTokens: number
  /** Contains the reasoning tokens. */
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** Why a request is answered by an error. */
export type Refusal =
  /** A scripted HTTP status; `html`: the page of a proxy instead of the provider's own body. */
  | { readonly kind: 'status'; readonly status: number; readonly body: 'json' | 'html' }
  /** Over a limit; `retryAfterMs` null: larger than the limit itself, waiting will not help. */
  | {
      readonly kind: 'limited'
      readonly limit: 'requests' | 'tokens'
      /** What the limit counts by; absent: the minute. */
      readonly per?: LimitSpan
      readonly retryAfterMs: number | null
      readonly requestedTokens: number
      /** How a scripted 429 says when to come back; absent: as the protocol does it. */
      readonly dialect?: LimitDialect
    }
  /** 429 because the account has no credit: waiting will not help. */
  | { readonly kind: 'quota' }
  /** The schema that the answer is to fit is none. */
  | { readonly kind: 'schema'; readonly message: string }
  | { readonly kind: 'context_length'; readonly contextTokens: number; readonly requestedTokens: number }

/** How a broken answer goes on after its last good chunk. */
export interface AnswerBreak {
  /** Chunks that are sent before; 0: only the headers. */
  readonly afterChunks: number
  /**
   * `reset`: the connection is closed. `end`: the answer ends as if it were whole, without a finish.
   * `hang`: nothing more comes. `malformed`: a chunk that does not parse, then the rest of the protocol.
   * `error`: an error object where a chunk belongs, then the end.
   */
  readonly how: 'reset' | 'end' | 'hang' | 'malformed' | 'error'
}

/** What a shell does besides playing the chunks. */
export interface AnswerDefects {
  readonly cut: AnswerBreak | null
  /** The usage that the answer states; null: it states none. What is billed is the plan's `usage`. */
  readonly statedUsage: AnswerUsage | null
  /** Comment lines in a stream, from that time on and that often, while nothing else is due. */
  readonly comments: { readonly fromMs: number; readonly everyMs: number } | null
  /** Every write is torn into small segments, in the middle of JSON and of characters. */
  readonly isTorn: boolean
}

/** Everything a shell must do with one request. Times are milliseconds of simulated time after it arrived. */
export type AnswerPlan =
  /** The connection is reset, or closed like one that nobody serves; nothing is written. */
  | { readonly kind: 'reset'; readonly how: 'reset' | 'close' }
  | { readonly kind: 'refusal'; readonly atMs: number; readonly refusal: Refusal; readonly rate: RateState }
  | (AnswerDefects & {
      readonly kind: 'answer'
      readonly headersAtMs: number
      /** What the answer consists of; the chunks of a block joined are its text. */
      readonly blocks: readonly AnswerBlock[]
      readonly chunks: readonly AnswerChunk[]
      /** When the last piece is due. */
      readonly endAtMs: number
      readonly finishReason: FinishReason
      /** Why the further choices end, in order; left out: there is one choice. */
      readonly otherFinishReasons?: readonly FinishReason[]
      /** The stop sequence that ended it; null: none did. */
      readonly stopSequence: string | null
      /** What is billed. */
      readonly usage: AnswerUsage
      readonly rate: RateState
    })
