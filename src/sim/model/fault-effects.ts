/** What one kind of fault makes of an answer. */
export type FaultEffect =
  /** No answer: the connection is reset, or closed as if nobody served it, before any byte. */
  | { readonly step: 'connection'; readonly how: 'reset' | 'close' }
  /** An error answer instead of the model's. */
  | { readonly step: 'refusal'; readonly as: 'status' | 'rate_limit' | 'quota' | 'too_large' }
  /** The same answer, later. */
  | { readonly step: 'delay'; readonly of: 'headers' | 'first_token' | 'middle' | 'all' }
  /** The answer begins and goes wrong: after its headers, or somewhere before its last chunk. */
  | {
      readonly step: 'break'
      readonly after: 'headers' | 'some_chunks'
      readonly how: 'reset' | 'hang' | 'malformed' | 'error' | 'drawn'
    }
  /** The answer says something else. */
  | { readonly step: 'content'; readonly as: 'empty' | 'wrong_usage' | 'missing_usage' }
  /** Whole and correct, in awkward pieces. */
  | { readonly step: 'pieces' }

/**
 * Every kind of fault and what it does. The shells know effects, never kinds: a new kind is a row here,
 * and one in the scenario's schema.
 *
 * A refused connection (`ECONNREFUSED`) exists only for a port that nobody listens on, and all providers
 * share one port; `refused` is what comes closest: the connection is closed before any byte of an answer.
 */
export const faultEffects = {
  refused: { step: 'connection', how: 'close' },
  outage: { step: 'connection', how: 'reset' },
  keep_alive_reset: { step: 'connection', how: 'reset' },
  status: { step: 'refusal', as: 'status' },
  rate_limit: { step: 'refusal', as: 'rate_limit' },
  insufficient_quota: { step: 'refusal', as: 'quota' },
  request_too_large: { step: 'refusal', as: 'too_large' },
  slow: { step: 'delay', of: 'all' },
  slow_headers: { step: 'delay', of: 'headers' },
  slow_first_token: { step: 'delay', of: 'first_token' },
  stall: { step: 'delay', of: 'middle' },
  reset_after_headers: { step: 'break', after: 'headers', how: 'reset' },
  silence: { step: 'break', after: 'headers', how: 'hang' },
  cut_stream: { step: 'break', after: 'some_chunks', how: 'drawn' },
  malformed_chunk: { step: 'break', after: 'some_chunks', how: 'malformed' },
  error_in_200: { step: 'break', after: 'some_chunks', how: 'error' },
  empty_answer: { step: 'content', as: 'empty' },
  wrong_usage: { step: 'content', as: 'wrong_usage' },
  missing_usage: { step: 'content', as: 'missing_usage' },
  split_writes: { step: 'pieces' },
} as const satisfies Readonly<Record<string, FaultEffect>>

/** A kind of fault. */
export type FaultKind = keyof typeof faultEffects

/** Whether a text names a kind. Pure. */
export function isFaultKind(text: unknown): text is FaultKind {
  return typeof text === 'string' && Object.hasOwn(faultEffects, text)
}

/** What a kind does. Pure. */
export function effectOf(kind: FaultKind): FaultEffect {
  return faultEffects[kind]
}
