import type { Check, PlannedMessage } from './plan.ts'

/** One prompt of a file or a built-in set, ready to be planned. */
export interface Prompt {
  /** Unique in its set. */
  readonly id: string
  /** Line in its file; 0 for built-in prompts. */
  readonly line: number
  /** Conversation it is a turn of; null for a single request. */
  readonly session: string | null
  /** Pause before it when it is a later turn. */
  readonly thinkMs: number
  readonly messages: readonly { readonly role: PlannedMessage['role']; readonly content: string }[]
  /** Recorded instant on the file's own time axis; null: not recorded. */
  readonly timestampMs: number | null
  readonly maxTokens: number | null
  /** Further body fields. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly checks: readonly Check[]
  readonly tags: Readonly<Record<string, string>>
}
