/** Part of a run; as in the records, without `live`. */
export type PlanPhase = 'warmup' | 'measure' | 'cooldown'

/** A piece of a prompt: literal text, or filler that is generated when the request is sent. */
type PromptPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `tokens` tokens of text that depend only on `key`; 4 bytes a token (see `fillerText`). */
  | { readonly kind: 'filler'; readonly key: string; readonly tokens: number }

/** One chat message before rendering. */
export interface PlannedMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly parts: readonly PromptPart[]
}

/** An assertion on an answer. */
export type Check =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'contains'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
  /** The whole answer is JSON that fits the schema. */
  | { readonly kind: 'json_schema'; readonly schema: Readonly<Record<string, unknown>> }

/** One request to play. Everything but the run's identity and the clock is fixed here. */
export interface PlannedRequest {
  /** Position in the plan, from 0. */
  readonly index: number
  /** The same across runs of one scenario and seed; arms share it, so they can be paired. */
  readonly itemId: string
  readonly arm: string
  readonly phase: PlanPhase
  /**
   * Open loop: nanoseconds after the start of the run at which it is due.
   * null: due when its predecessor ends (closed loop, or a later turn of a session).
   */
  readonly dueNs: number | null
  /** The conversation it belongs to; null for a single request. Turns of one session play in order. */
  readonly session: { readonly id: string; readonly turn: number; readonly thinkMs: number } | null
  readonly model: string
  readonly messages: readonly PlannedMessage[]
  /** Other fields of the request body, sent as they are (`max_tokens`, `provider`, `models`, …). */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly stream: boolean
  /** Length of the recorded answer, which simulated providers give; null: the answer's length is theirs to choose. */
  readonly outputTokens: number | null
  readonly checks: readonly Check[]
  readonly tags: Readonly<Record<string, string>>
}

/** How requests are released: by due time, or by a bounded number in flight. */
export type Release = { readonly kind: 'open' } | { readonly kind: 'closed'; readonly concurrency: number }

/** Everything a run will do, fixed by file and seed. */
export interface Plan {
  readonly seed: string
  readonly release: Release
  /** In order of due time (open) or of start (closed). */
  readonly requests: readonly PlannedRequest[]
  /** SHA-256 over all of the above: equal for equal file and seed. */
  readonly hash: string
}
