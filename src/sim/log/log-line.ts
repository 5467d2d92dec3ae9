/** How an exchange ended, as the simulator saw it. */
export type Ending =
  /** All that was to be written was written; errors and error bodies too. */
  | 'complete'
  /** The simulator broke its own answer off: closed the connection, or ended with an error. */
  | 'cut'
  /** The simulator reset the connection. */
  | 'reset'
  /** The caller left before the answer was complete. */
  | 'canceled'

/** First line of a provider log. */
export interface LogHeader {
  readonly kind: 'provider_log'
  readonly version: 1
  /** The one wall-clock anchor: this many µs since 1970 UTC … */
  readonly epoch_us: number
  /** … were at this instant of the monotonic clock that every `_ns` below is of. */
  readonly mono_ns: number
  /** Latencies were divided by this. */
  readonly speed: number
}

/** One request to a simulated provider: what came, what was written, what the provider would bill. */
export interface LogLine {
  readonly kind: 'request'
  /** Order of arrival, from 1. */
  readonly no: number
  /** Endpoint asked for; empty when the request named none. */
  readonly endpoint: string
  /** Identity the draws were made for, as the caller gave it; empty: the prompt itself. */
  readonly draw_id: string
  /** The caller's trace and span (W3C); empty without a valid `traceparent`. */
  readonly trace_id: string
  readonly span_id: string
  readonly stream: boolean
  /** Monotonic nanoseconds, each taken before the write it stands for; null: it did not happen. */
  readonly received_ns: number
  readonly headers_ns: number | null
  readonly first_byte_ns: number | null
  readonly last_byte_ns: number | null
  readonly end_ns: number
  /** HTTP status written; 0: none. */
  readonly status: number
  readonly ended: Ending
  readonly canceled: boolean
  /** Tokens of a planned answer (inclusive: input contains cached and written ones); null: no answer was planned. */
  readonly input_tokens: number | null
  readonly cached_tokens: number | null
  readonly written_tokens: number | null
  readonly output_tokens: number | null
  /** Output tokens that were written; fewer than planned when it was cut or canceled. */
  readonly sent_tokens: number
  /** Pieces of the planned answer. */
  readonly chunks: number
  /** When the last piece was planned, in µs of real time after `received_ns`; null: no answer was planned. */
  readonly planned_end_us: number | null
  /** Each write of the body: planned (null: as soon as possible) and written, in µs after `received_ns`. Pieces due together leave in one write. */
  readonly writes_us: readonly (readonly [planned: number | null, written: number])[]
  /** What the provider would bill, decimal USD. */
  readonly billed_usd: string
  readonly price_version: string
}
