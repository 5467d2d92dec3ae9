import type { JsonObject } from '../core/index.ts'
import type { Endpoint } from '../catalog/index.ts'
import type { StreamEvent } from '../wire/index.ts'
import type { ApiError } from './api-error.ts'
import type { Attempt } from './attempt.ts'
import type { RescueNotice } from './rescue.ts'

/** What is added to the answer when everything is known. */
interface Summary {
  /** The answer that was not streamed, after its plugins; null for a stream. */
  readonly body: JsonObject | null
  /** The `usage` object; null when token counts are unknown. */
  readonly usage: JsonObject | null
  /** `openrouter_metadata`, when the caller asked for it. */
  readonly metadata: JsonObject | null
}

/** What was sent to the caller, and when. Monotonic nanoseconds; null: not at all. */
export interface Sent {
  /** 0 when no answer was begun. */
  readonly status: number
  readonly headNs: number | null
  readonly firstByteNs: number | null
  readonly firstCommentNs: number | null
}

/** The answer to one chat request, streamed or not. */
export interface Reply {
  /**
   * A new attempt begins; what an earlier one held back is forgotten.
   *
   * @param notice Told to the caller with the first token, where the attempt goes on with an answer that broke off.
   */
  begin(endpoint: Endpoint, attemptNo: number, notice: RescueNotice | null): void
  onEvent(event: StreamEvent): void
  /** What to wait for before more events are read, since the caller is slower than its answer; null: nothing. */
  whenTaken(): Promise<void> | null
  succeed(winner: Attempt, summary: Summary): void
  /**
   * Ends with an error: by status if nothing was sent yet, else as an event of the stream. What came of the last
   * attempt's answer, when it was not streamed, is handed on with the error beside it.
   */
  fail(error: ApiError, metadata: JsonObject | null, last?: Attempt): void
  /** The caller is gone: end without a word. */
  abandon(): void
  sent(): Sent
}
